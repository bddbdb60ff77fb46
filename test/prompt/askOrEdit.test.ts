/** Which words change code and which are answered. */
import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { type ChatForm, readWords } from '../../src/prompt/askOrEdit.ts';

const ASK = [
  'why is this slow?',
  'why is this slow',
  'what does this do',
  "what's the complexity",
  'how does the reduce work here?',
  'does this leak memory?',
  'is this safe to call twice',
  'can this be null?',
  'should I use a map here?',
  'could this overflow',
  'can you explain this?',
  'could you tell me what happens on an empty list?',
  'explain',
  'explain the regular expression',
  'please explain why it sorts twice',
  'summarize this function',
  'review this',
  'compare this with a for loop',
  'show me how to call it',
  'walk me through it',
  'any bugs here?',
  'find the bug',
  'is it possible to make this async?',
  'why not use a map',
  'do these two differ',
  'do you see a race here?',
  'complexity',
  'O(n) or O(n log n)?',
  'write unit tests for this',
  'write a commit message',
  'generate a short summary',
  'rename?',
  'cosa fa questa funzione?',
  'che cosa succede se la lista è vuota',
  'perché è lento?',
  'perche usa due cicli',
  'come funziona',
  'è sicuro?',
  'spiegami questo codice',
  'puoi spiegare questa riga?',
  'dimmi se ci sono errori',
  'riassumi',
  'quale complessità ha?',
  'warum ist das so langsam?',
  'erkläre diese Funktion',
  'was passiert bei null',
  'pourquoi deux boucles ?',
  'comment ça marche',
  'explique ce code',
  '¿qué hace esto?',
  'por qué falla',
  'explica esta función',
];
const EDIT = [
  'add types',
  'make this async',
  'Make it shorter.',
  'please add error handling',
  'can you add types?',
  'could you please rename this to subtotal?',
  'would you make this immutable?',
  'rename x to count',
  'convert to arrow functions',
  'extract the loop into a function',
  'remove the logging',
  'use a Map instead of an object',
  'fix',
  'fix the off-by-one',
  'now sort it descending',
  'and also handle null',
  'do it in one pass',
  "don't throw, return undefined",
  'do not mutate the argument',
  'this should be async',
  'it should return a number',
  'needs a null check',
  'async/await instead of promises',
  'shorter',
  'simplify',
  'document this function',
  'comment every branch',
  'i want you to inline the helper',
  "let's split it in two",
  'aggiungi i tipi',
  'rendila asincrona',
  'rendi questo più veloce',
  'puoi aggiungere i tipi?',
  'potresti rinominare la variabile in totale?',
  'per favore semplifica',
  'correggi l’errore',
  'togli il log',
  'non lanciare eccezioni',
  'usa una mappa invece di un oggetto',
  'dovrebbe restituire zero',
  'riscrivi con un ciclo for',
  'füge Typen hinzu',
  'mach das asynchron',
  'kannst du das vereinfachen?',
  'ajoute des types',
  'peux-tu renommer cette variable ?',
  'añade tipos',
  '¿puedes simplificar esto?',
  'elimina los comentarios',
];

suite('ask or edit', () => {
  for (const [form, phrases] of [
    ['ask', ASK],
    ['edit', EDIT],
  ] as const satisfies readonly (readonly [ChatForm, readonly string[]])[]) {
    test(`${phrases.length} phrases that mean ${form}`, () => {
      const wrong = phrases.filter((phrase) => readWords(phrase).form !== form);

      assert.deepEqual(wrong, []);
    });
  }

  test('what is said in front decides, and is not sent', () => {
    assert.deepEqual(readWords('/edit why is this slow?'), {
      form: 'edit',
      text: 'why is this slow?',
      said: true,
    });
    assert.deepEqual(readWords(' /ASK\nadd types'), { form: 'ask', text: 'add types', said: true });
    assert.deepEqual(readWords('/edit'), { form: 'edit', text: '', said: true });
  });

  test('a path is no command, and nothing is a question', () => {
    assert.deepEqual(readWords('/editor is slow'), { form: 'ask', text: '/editor is slow', said: false });
    assert.deepEqual(readWords('  '), { form: 'ask', text: '', said: false });
  });

  test('upper case, blanks and quotes around change nothing', () => {
    for (const phrase of [...ASK, ...EDIT]) {
      const { form } = readWords(phrase);

      assert.equal(readWords(`  ${phrase.toUpperCase()}  `).form, form, phrase);
    }
  });

  // A pattern that goes back over what it has read would take hours.
  test('a million words are read in one pass', () => {
    for (const filler of ['please ', 'a ', '?', 'should ']) {
      const { text } = readWords(filler.repeat(1_000_000));

      assert.ok(text.length > 900_000, filler);
    }
  });
});
