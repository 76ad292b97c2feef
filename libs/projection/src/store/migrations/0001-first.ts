import type { MigrationInterface, QueryRunner } from 'typeorm';

export class First1764000000001 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
create extension if not exists pg_trgm;
create table generation (
  number integer primary key,
  state text not null check (state in ('live', 'building', 'previous')),
  schema_version integer not null,
  created_at timestamptz not null default now(),
  stream text,
  stream_created text,
  position bigint not null default 0,
  position_fingerprint text,
  caught_up_at timestamptz,
  stale_because text,
  job jsonb,
  retired_at timestamptz
) with (fillfactor = 10);
create unique index generation_live on generation (state) where state = 'live';
create table projector_lease (
  one_row boolean primary key default true constraint projector_lease_is_one_row check (one_row),
  holder text,
  epoch bigint not null default 0,
  expires_at timestamptz not null default '-infinity'
) with (fillfactor = 10);
insert into projector_lease default values;
create table dead_letter (
  id bigint generated always as identity primary key,
  stream text not null,
  stream_created text not null,
  sequence bigint not null,
  subject text not null,
  headers text not null,
  payload bytea not null,
  reason text not null,
  first_seen_at timestamptz not null default now(),
  resolution text check (resolution in ('replayed', 'discarded')),
  resolved_at timestamptz
);
create unique index dead_letter_message on dead_letter (stream, stream_created, sequence);`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table dead_letter, projector_lease, generation');
  }
}
