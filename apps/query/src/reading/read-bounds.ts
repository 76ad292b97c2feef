/** How much a caller can take: this many documents, and this many bytes of them. */
export interface ReadBounds {
  readonly rows: number;
  readonly bytes: number;
  /** undefined: a caller who may see all customers, or what many share. */
  readonly tenant?: string | undefined;
}
