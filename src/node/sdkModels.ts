/** The list of models that a platform sends, for the check of address and key. */
import * as v from 'valibot';
import type { PlatformCheck } from '../flow/transport.ts';
import { badResponse } from './sdkErrors.ts';

const ListSchema = v.object({
  data: v.array(v.looseObject({ id: v.pipe(v.string(), v.minLength(1)) })),
});

/** Throws `bad-response` when this is no list; the SDK has already thrown for any status but 2xx. */
export async function readModelList(response: Response, platform: string): Promise<PlatformCheck> {
  const text = await response.text();
  if (text.trim() === '') throw badResponse(platform, 'empty body');
  const { data } = v.parse(ListSchema, JSON.parse(text));
  return { models: data.map(({ id }) => id) };
}
