import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * On which subjects events came. Null until the projector has applied the first ones: no subject of the past is stored anywhere. Projectors
 * of the previous release neither read nor write it.
 */
export class EventForms1764000000015 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
alter table generation add column event_forms text[];
comment on column generation.event_forms is 'The forms of subjects, with * for each part that has digits, on which events up to the position came: at most 32, the first ones.'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('alter table generation drop column event_forms');
  }
}
