import { createHmac, timingSafeEqual } from 'node:crypto';

const SIGNATURE_BYTES = 16;

/** Texts that callers keep for the service and send back. They are signed, so that nobody can make or change one. */
export class SignedTexts {
  /**
   * @param key shared by all instances
   * @param signed what the signature of a text is of; it must differ from that of all other kinds of texts
   */
  constructor(
    private readonly key: Buffer,
    private readonly signed: (text: string) => string,
  ) {}

  /** @param text in ASCII. @returns base64url */
  write(text: string): string {
    return Buffer.concat([this.signature(text), Buffer.from(text, 'latin1')]).toString('base64url');
  }

  /** @returns the text; undefined if it is not one of ours */
  read(written: string): string | undefined {
    const bytes = Buffer.from(written, 'base64url');
    const text = bytes.toString('latin1', SIGNATURE_BYTES);
    const isOurs =
      bytes.length > SIGNATURE_BYTES &&
      // Node passes over characters that are not of base64url.
      bytes.toString('base64url') === written &&
      timingSafeEqual(bytes.subarray(0, SIGNATURE_BYTES), this.signature(text));
    return isOurs ? text : undefined;
  }

  private signature(text: string): Buffer {
    return createHmac('sha256', this.key).update(this.signed(text)).digest().subarray(0, SIGNATURE_BYTES);
  }
}
