import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What a halt must not forget. Projectors of the previous release neither read nor write it; if one of them is halted, `stale_because` says
 * why. A generation that has applied nothing may begin with any stream.
 */
export class SourceDoubts1764000000013 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
alter table generation
  add column source_doubts text[],
  add column source_doubts_at bigint;
comment on column generation.source_doubts is 'What the stream has to disprove first, if the position is still source_doubts_at: rewound, purged.';
update generation set source_doubts_at = position,
  source_doubts = case when stale_because = 'source-purged' then '{purged}' else '{rewound}' end::text[]
where state = 'live' and position > 0 and stale_because in ('source-rewound', 'source-different-message', 'source-purged')`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('alter table generation drop column source_doubts, drop column source_doubts_at');
  }
}
