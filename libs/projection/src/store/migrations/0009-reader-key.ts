import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A key that all readers of this database share: they sign with it what they give to callers and get back. No reader can change it. */
export class ReaderKey1764000000009 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
create table reader_key (key bytea not null);
insert into reader_key values (sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')));
comment on table reader_key is 'One row: readers sign with it what they give to callers and get back.'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table reader_key');
  }
}
