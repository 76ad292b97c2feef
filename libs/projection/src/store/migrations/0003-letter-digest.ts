import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Distinguishes a message from another one that had the same sequence. It cannot be computed for letters whose contents are gone. */
export class LetterDigest1764000000003 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
alter table dead_letter add column digest text not null default '';
update dead_letter set digest = encode(sha256(convert_to(subject || E'\\n' || headers || E'\\n', 'UTF8') || payload), 'hex')
where resolution is null;
create index dead_letter_replayed on dead_letter (resolved_at, id) where resolution = 'replayed' and payload <> '';`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop index dead_letter_replayed; alter table dead_letter drop column digest');
  }
}
