/** Exit code for a wrong or missing setting (EX_CONFIG of sysexits.h). */
export const EX_CONFIG = 78;

export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Reads settings and remembers every problem instead of stopping at the first. Problems name variables, never their values:
 * a value may be a secret. An empty variable counts as not set.
 */
export class Environment {
  private readonly problems: string[] = [];

  constructor(private readonly variables: Variables) {}

  /** @throws {SettingsError} that names every wrong or missing variable found by `read` */
  static read<T>(variables: Variables, read: (environment: Environment) => T): T {
    const environment = new Environment(variables);
    const settings = read(environment);
    if (environment.problems.length > 0) {
      throw new SettingsError(`The settings are not usable: ${environment.problems.join('; ')}. See .env.example.`);
    }
    return settings;
  }

  problem(text: string): void {
    this.problems.push(text);
  }

  optional(name: string): string | undefined {
    return this.variables[name]?.trim() || undefined;
  }

  required(name: string): string {
    const value = this.optional(name);
    if (value === undefined) this.problem(`${name} is missing`);
    return value ?? '';
  }

  text(name: string, fallback: string, rule: RegExp, must: string): string {
    const value = this.optional(name) ?? fallback;
    if (!rule.test(value)) this.problem(`${name} ${must}`);
    return value;
  }

  integer(name: string, fallback: number, min: number, max: number): number {
    const value = this.optional(name);
    if (value === undefined) return fallback;
    const number = /^\d+$/.test(value) ? Number(value) : NaN;
    if (!(number >= min && number <= max)) this.problem(`${name} must be an integer from ${min} to ${max}`);
    return number;
  }

  /** A TCP port, 0 for any free one; undefined when not set. */
  port(name: string): number | undefined {
    return this.optional(name) === undefined ? undefined : this.integer(name, 0, 0, 65_535);
  }

  boolean(name: string, fallback: boolean): boolean {
    const value = this.optional(name);
    if (value === undefined) return fallback;
    if (value !== 'true' && value !== 'false') this.problem(`${name} must be true or false`);
    return value === 'true';
  }

  oneOf<T extends string>(name: string, allowed: readonly T[], fallback: T): T {
    const value = this.optional(name);
    if (value === undefined) return fallback;
    if (!(allowed as readonly string[]).includes(value)) this.problem(`${name} must be one of ${allowed.join(', ')}`);
    return value as T;
  }

  url(name: string, value: string, protocols: readonly string[]): void {
    if (value === '') return;
    const protocol = URL.canParse(value) ? new URL(value).protocol : '';
    if (!protocols.includes(protocol))
      this.problem(`${name} must be a URL that starts with ${protocols.map((p) => `${p}//`).join(' or ')}`);
  }
}
