/** Where Sluice writes what it did: models, counts, milliseconds and codes; never prompts, code or keys. */
export type LogFacts = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Log {
  debug(message: string, facts?: LogFacts): void;
  info(message: string, facts?: LogFacts): void;
  warn(message: string, facts?: LogFacts): void;
  error(message: string, facts?: LogFacts): void;
}

const ignore = () => undefined;

export const silentLog: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
