/** The few functions of yargs that this directory calls; the package has no types. */
declare module 'yargs' {
  interface Yargs {
    scriptName(name: string): Yargs;
    usage(text: string): Yargs;
    option(key: string, row: { alias?: string; describe: string; group: string; defaultDescription?: string }): Yargs;
    example(rows: readonly (readonly [string, string])[]): Yargs;
    epilog(text: string): Yargs;
    parserConfiguration(rules: Readonly<Record<string, boolean>>): Yargs;
    detectLocale(detect: boolean): Yargs;
    help(on: false): Yargs;
    version(on: false): Yargs;
    wrap(columns: number): Yargs;
    getHelp(): Promise<string>;
  }
  export default function yargs(words: readonly string[]): Yargs;
}
