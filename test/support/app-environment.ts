/** Settings of an app, by name. */
export type AppEnvironment = Readonly<Record<string, string>>;

/** The environment of a child process: our own variables and its settings, but not the developer's DATABASE_URL and similar. */
export function childEnvironment(settings: AppEnvironment): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env;
  return { PATH, HOME, TMPDIR, ...settings };
}
