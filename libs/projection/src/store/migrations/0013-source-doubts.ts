import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a halt must not forget. Projectors of the previous release neither read nor write it. */
export class SourceDoubts1764000000013 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
alter table generation
  add column source_doubts text[],
  add column source_doubts_at bigint;
comment on column generation.source_doubts is 'What the stream has to disprove first, if the position is still source_doubts_at: rewound, purged.'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('alter table generation drop column source_doubts, drop column source_doubts_at');
  }
}
