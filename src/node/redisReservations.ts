/** Reservations and waiting requests as they stand in Redis, in doubles and texts that the script reads too. Units: as in `quota/book.ts`. */
import { type Held, type HeldPart, type LimitRow, limitKey, type Waiter } from '../quota/book.ts';
import { amountOf, type Demand } from '../quota/limit.ts';
import { DoubleReader, DoubleWriter } from './doubles.ts';

/** What a demand leaves open is no number. */
export function demandNumbers({ inputTokens, outputTokens, cachedTokens, usd, units }: Demand): number[] {
  return [inputTokens, outputTokens, cachedTokens ?? Number.NaN, usd ?? Number.NaN, units ?? Number.NaN];
}

function decodeDemand(from: DoubleReader): Demand {
  const [inputTokens, outputTokens] = [from.next(), from.next()];
  const [cachedTokens, usd, units] = [from.next(), from.next(), from.next()];
  return {
    inputTokens,
    outputTokens,
    ...(Number.isNaN(cachedTokens) ? {} : { cachedTokens }),
    ...(Number.isNaN(usd) ? {} : { usd }),
    ...(Number.isNaN(units) ? {} : { units }),
  };
}

export function decodeHeld(
  id: string,
  text: Buffer,
  keys: readonly string[],
  rows: readonly LimitRow[],
): { readonly serial: number; readonly held: Held } {
  const from = new DoubleReader(text);
  const [serial, priority, leaseUntilMs] = [from.next(), from.next(), from.next()];
  const demand = decodeDemand(from);
  const count = from.next();
  const parts: Held['parts'] =
    count === OWN
      ? rows.map((row) => ownPart(row, priority, demand))
      : Array.from({ length: from.count(count, 6) }, () => {
          const limit = keys[from.next()] ?? '';
          return { limit, taken: [from.next(), from.next(), from.next(), from.next()], owed: from.next() };
        });
  return { serial, held: { id, holder: from.rest(), priority, demand, leaseUntilMs, parts } };
}

/** In place of the number of parts: all that was wanted came out of the own share, of every row that there is. */
export const OWN = -1;

function ownPart(row: LimitRow, priority: number, demand: Demand): HeldPart {
  const taken = [0, 0, 0, 0];
  taken[priority] = amountOf(row.unit, demand);
  return { limit: limitKey(row), taken, owed: 0 };
}

export function encodeHeld(held: Held, serial: number, keyOf: (key: string) => number): Buffer {
  const to = new DoubleWriter().add(serial, held.priority, held.leaseUntilMs, ...demandNumbers(held.demand));
  to.add(held.parts.length);
  for (const { limit, taken, owed } of held.parts)
    to.add(keyOf(limit), taken[0] ?? 0, taken[1] ?? 0, taken[2] ?? 0, taken[3] ?? 0, owed);
  return Buffer.concat([to.bytes, Buffer.from(held.holder)]);
}

export function decodeWaiting(text: Buffer | undefined, count: number, keys: readonly string[]): Waiter[] {
  const from = new DoubleReader(text ?? Buffer.alloc(0));
  return Array.from({ length: from.count(count, 10) }, () => {
    const [priority, limit, sinceMs, leaseUntilMs, behind] = [
      from.next(),
      keys[from.next()] ?? '',
      from.next(),
      from.next(),
      from.next(),
    ];
    const demand = decodeDemand(from);
    const [id, holder, model] = [from.text(), from.text(), from.text()];
    return { id, holder, priority, model, demand, limit, sinceMs, leaseUntilMs, behind };
  });
}

export function encodeWaiting(waiting: readonly Waiter[], keyOf: (key: string) => number): Buffer {
  return Buffer.concat(
    waiting.map(
      ({ priority, limit, sinceMs, leaseUntilMs, behind, demand, id, holder, model }) =>
        new DoubleWriter()
          .add(priority, keyOf(limit), sinceMs, leaseUntilMs, behind, ...demandNumbers(demand))
          .text(id)
          .text(holder)
          .text(model).bytes,
    ),
  );
}
