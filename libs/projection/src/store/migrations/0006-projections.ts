import type { MigrationInterface, QueryRunner } from 'typeorm';

const COMMENTS = `
comment on table generation is 'One complete copy of a read model, and how far into which stream it has read.';
comment on column generation.projection is 'Which read model it is of.';
comment on column generation.state is 'live: is being read. building: a job works on it. previous: stays for a roll-back.';
comment on column generation.readable_since is 'The oldest schema version whose query app can read these tables.';
comment on column generation.stream_created is 'What the server says of the stream, in nanoseconds: tells it from its successor of the same name.';
comment on column generation.position is 'Sequence of the last message whose effect is in the tables; 0 before the first.';
comment on column generation.position_fingerprint is 'Tells the message at the position from another one that has taken its number.';
comment on column generation.gap_after is 'Of a stream with a limit per subject: after this sequence messages were missing when they were to be read.';
comment on column generation.gap_until is 'The last sequence of the stream then: what came later cannot have removed messages from that gap.';
comment on column generation.complete_to is 'Set while deferred work is left: the answers hold everything up to here, and only a part of what follows.';
comment on column generation.caught_up_at is 'When the tables last were known to hold everything that the stream held.';
comment on column generation.stale_because is 'Why the projector does not bring it up to date; null while it does.';
comment on column generation.job is 'What a generation that is not live is being made for, so that the work survives its worker.';
comment on column generation.retired_at is 'When another generation took its place.';
comment on table projector_lease is 'Which projector may write. A change of holder raises the epoch; a batch commits only under the epoch it began with.';
comment on table deferred_work is 'Work on more rows than one transaction should touch, and how far it has come. Goes with its generation.';
comment on column deferred_work.complete_to is 'What the answers hold completely until the work is done.';
comment on table finished_job is 'How jobs of operators have ended: told after their generation and their projector are gone.';
`;

/**
 * Several projections in one database, each with its own lease and live generation. For projectors of the previous release nothing changes:
 * the defaults name the projection that was there before, and they find the lease by `one_row`.
 */
export class Projections1764000000006 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
alter table generation add column projection text not null default 'tokens';
drop index generation_live;
create unique index generation_live on generation (projection) where state = 'live';
alter table projector_lease add column projection text not null default 'tokens';
alter table projector_lease
  drop constraint projector_lease_pkey, drop constraint projector_lease_is_one_row,
  add constraint projector_lease_pkey primary key (projection);
alter table dead_letter add column projection text not null default 'tokens';
create unique index dead_letter_of_projection on dead_letter (projection, stream, stream_created, sequence);
alter table finished_job add column projection text not null default 'tokens';
alter table group_sweep rename to deferred_work;
alter table deferred_work rename column token_group_id to item;
alter table deferred_work rename column after_token_id to last_done;
alter table deferred_work rename column members_done to rows_done;
alter table deferred_work rename constraint group_sweep_pkey to deferred_work_pkey;
alter table deferred_work rename constraint group_sweep_generation_fkey to deferred_work_generation_fkey;
${COMMENTS}`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
alter table deferred_work rename constraint deferred_work_generation_fkey to group_sweep_generation_fkey;
alter table deferred_work rename constraint deferred_work_pkey to group_sweep_pkey;
alter table deferred_work rename column rows_done to members_done;
alter table deferred_work rename column last_done to after_token_id;
alter table deferred_work rename column item to token_group_id;
alter table deferred_work rename to group_sweep;
alter table finished_job drop column projection;
drop index dead_letter_of_projection;
alter table dead_letter drop column projection;
alter table projector_lease
  drop constraint projector_lease_pkey, add constraint projector_lease_pkey primary key (one_row),
  add constraint projector_lease_is_one_row check (one_row);
alter table projector_lease drop column projection;
drop index generation_live;
create unique index generation_live on generation (state) where state = 'live';
alter table generation drop column projection;`);
  }
}
