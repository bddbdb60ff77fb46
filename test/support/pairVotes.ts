/** Learns the votes of `src/cache/verifierVotes.ts`: a logistic regression over hashed keys, by stochastic gradient steps. */
import { seededRandom } from '../../src/base/random.ts';
import { VOTE_STEP } from '../../src/cache/verifierTables.ts';

export interface Ballot {
  /** Hashes. */
  readonly keys: readonly number[];
  readonly same: boolean;
}

const ROUNDS = 3;
const RATE = 0.02;
const BIAS_RATE = 0.01;
/** Pulls votes that few pairs have to nothing. */
const DECAY = 0.02;
/** Of the squared steps so far (AdaGrad), before the first one. */
const FIRST_SQUARES = 0.04;

/** Packed by hash in so many places. */
export function learnVotes(ballots: readonly Ballot[], places: number): Int8Array {
  const votes = new Float32Array(places);
  const squares = new Float32Array(places).fill(FIRST_SQUARES);
  const random = seededRandom(7);
  const order = ballots.map((_, at) => at);
  let bias = 0;
  for (let round = 0; round < ROUNDS; round++) {
    shuffle(order, random);
    for (const at of order) {
      const ballot = ballots[at];
      if (ballot === undefined) continue;
      let sum = bias;
      for (const key of ballot.keys) sum += votes[key % places] ?? 0;
      const error = Number(ballot.same) - 1 / (1 + Math.exp(-sum));
      bias += BIAS_RATE * error;
      for (const key of ballot.keys) {
        const place = key % places;
        const step = error - DECAY * (votes[place] ?? 0);
        squares[place] = (squares[place] ?? 0) + step * step;
        votes[place] = (votes[place] ?? 0) + (RATE * step) / Math.sqrt(squares[place] ?? 1);
      }
    }
  }
  return Int8Array.from(votes, (vote) => Math.max(-127, Math.min(127, Math.round(vote / VOTE_STEP))));
}

function shuffle(order: number[], random: () => number): void {
  for (let at = order.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    [order[at], order[other]] = [order[other] ?? 0, order[at] ?? 0];
  }
}
