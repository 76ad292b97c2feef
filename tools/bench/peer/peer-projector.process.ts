import 'reflect-metadata';
import { AckPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { Inject, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Repository } from 'typeorm';
import type { TokenState } from '#token-contract/events.js';
import { connectPeer } from './peer-data-source.js';
import { PeerToken } from './peer-token.entity.js';

/** The peer of the projector: a handler that saves the entity of each event, one after the other. */
@Injectable()
class TokenChangedHandler {
  constructor(@Inject(Repository) private readonly tokens: Repository<PeerToken>) {}

  async handle({ identifier, createdAt, updatedAt, validFrom, expiresAt, ...rest }: TokenState): Promise<void> {
    await this.tokens.save({
      ...rest,
      ...identifier,
      createdAt: new Date(createdAt),
      updatedAt: new Date(updatedAt),
      validFrom: new Date(validFrom),
      expiresAt: expiresAt === null ? null : new Date(expiresAt),
    });
  }
}

const tokens = (await connectPeer(process.env['DATABASE_URL']!)).getRepository(PeerToken);

@Module({ providers: [TokenChangedHandler, { provide: Repository, useValue: tokens }] })
class PeerModule {}

const app = await NestFactory.createApplicationContext(PeerModule, { logger: false });
const handler = app.get(TokenChangedHandler);
const connection = await connect({ servers: new URL(process.env['NATS_URL']!).host });
const stream = process.env['PEER_STREAM']!;
const consumer = process.env['PEER_CONSUMER']!;
const { consumers } = await jetstreamManager(connection);
await consumers.add(stream, { durable_name: consumer, ack_policy: AckPolicy.Explicit });
const messages = await (await jetstream(connection).consumers.get(stream, consumer)).consume();
console.log('ready');
for await (const message of messages) {
  await handler.handle(message.json<{ data: TokenState }>().data);
  message.ack();
}
