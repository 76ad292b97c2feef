import 'reflect-metadata';
import { Controller, Get, Inject, Module, ParseIntPipe, Query } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Repository } from 'typeorm';
import { connectPeer } from './peer-data-source.js';
import { PeerToken } from './peer-token.entity.js';

/**
 * The peer of the list: the code that most developers would write first, Nest and TypeORM as in their documentation. No JWT, no validation.
 */
@Controller('v2/tokens')
class TokensController {
  constructor(@Inject(Repository) private readonly tokens: Repository<PeerToken>) {}

  @Get()
  async list(@Query('limit', ParseIntPipe) limit: number) {
    const [tokens, count] = await this.tokens.findAndCount({ order: { id: 'DESC' }, skip: 0, take: limit });
    return { data: tokens.map(answerOf), count };
  }
}

function answerOf(token: PeerToken) {
  const { id, customerId, type, uid, label, appUserId, version: _, ...rest } = token;
  return { id, customerId, identifier: { type, uid, label, appUserId }, ...rest };
}

const tokens = (await connectPeer(process.env['DATABASE_URL']!)).getRepository(PeerToken);

@Module({ controllers: [TokensController], providers: [{ provide: Repository, useValue: tokens }] })
class PeerModule {}

const app = await NestFactory.create<NestFastifyApplication>(PeerModule, new FastifyAdapter(), { logger: false });
await app.listen(0, '127.0.0.1');
console.log(await app.getUrl());
