import ts from 'typescript';

/** Checks and compiles single files of a checkout, which is seconds where a build of everything is a minute. */
export class Compiler {
  private readonly texts = new Map<string, string>();
  private readonly versions = new Map<string, number>();
  private readonly service: ts.LanguageService;

  /** @param root of the checkout. @param files absolute paths of those that may be compiled */
  constructor(root: string, files: readonly string[]) {
    const { config } = ts.readConfigFile(`${root}/tsconfig.json`, (path) => ts.sys.readFile(path)) as {
      config: object;
    };
    const { options } = ts.parseJsonConfigFileContent({ ...config, files: [] }, ts.sys, root);
    this.service = ts.createLanguageService({
      getCompilationSettings: () => ({ ...options, noUnusedLocals: false, noUnusedParameters: false }),
      getScriptFileNames: () => [...files],
      getScriptVersion: (file) => String(this.versions.get(file) ?? 0),
      getScriptSnapshot: (file) => {
        const text = this.texts.get(file) ?? ts.sys.readFile(file);
        return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
      },
      getCurrentDirectory: () => root,
      getDefaultLibFileName: ts.getDefaultLibFilePath,
      fileExists: (file) => ts.sys.fileExists(file),
      readFile: (file) => ts.sys.readFile(file),
      directoryExists: (directory) => ts.sys.directoryExists(directory),
      getDirectories: (directory) => ts.sys.getDirectories(directory),
      readDirectory: (...args) => ts.sys.readDirectory(...args),
    });
  }

  /** Writes what the file would become with this text into `dist`. @throws with the compiler's words when it does not compile */
  build(file: string, text: string): void {
    this.texts.set(file, text);
    this.versions.set(file, (this.versions.get(file) ?? 0) + 1);
    const problems = [...this.service.getSyntacticDiagnostics(file), ...this.service.getSemanticDiagnostics(file)];
    if (problems.length > 0) {
      const words = problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
      throw new Error(`${file} does not compile:\n${words.join('\n')}`);
    }
    for (const { name, text: output } of this.service.getEmitOutput(file).outputFiles) ts.sys.writeFile(name, output);
  }
}
