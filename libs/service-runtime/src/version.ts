import { createRequire } from 'node:module';

/** The version in package.json, found from the working directory: every command runs at the root of the project. */
export const VERSION = (createRequire(`${process.cwd()}/`)('./package.json') as { version: string }).version;
