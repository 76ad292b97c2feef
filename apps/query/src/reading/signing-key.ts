import { Injectable } from '@nestjs/common';

/**
 * The key of the database that all instances sign cursors with, as it was last read. The probe reads it once a second: a database that was
 * restored or created again has another key, and all instances must have the same.
 */
@Injectable()
export class SigningKey {
  /** undefined: not read yet, or the database has none. */
  current: Buffer | undefined;
}
