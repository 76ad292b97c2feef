/** Settings of an app by their names. */
export type AppEnvironment = Readonly<Record<string, string>>;

/** What a child gets from us beside its own settings; the developer's DATABASE_URL and the like must not reach it. */
export function childEnvironment(settings: AppEnvironment): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env;
  return { PATH, HOME, TMPDIR, ...settings };
}
