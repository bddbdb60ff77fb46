/**
 * Whether typed words want an answer to read or a change of the code: decided from the words alone, in English, Italian,
 * German, French and Spanish. In doubt it is a question: an answer touches nothing.
 */
export type ChatForm = 'ask' | 'edit';

export interface ReadWords {
  readonly form: ChatForm;
  /** What was typed, without the `/ask` or `/edit` in front. */
  readonly text: string;
  /** Said with `/ask` or `/edit`, not guessed. */
  readonly said: boolean;
}

export function readWords(typed: string): ReadWords {
  const [, prefix, rest] = /^\s*\/(ask|edit)(?:\s+([\s\S]*))?$/i.exec(typed) ?? [];
  if (prefix === undefined) return { form: askOrEdit(typed), text: typed.trim(), said: false };
  return { form: prefix.toLowerCase() === 'edit' ? 'edit' : 'ask', text: (rest ?? '').trim(), said: true };
}

/** Politeness and joints in front of what is wanted; several may stand in a row. */
const OPENING =
  /^(?:please|pls|now|then|and|also|ok|okay|hey|so|just|instead|let's|lets|let us|(?:can|could|would|will) you|i(?:'d| would) like you to|i want you to|you should|we should|per favore|perfavore|ora|adesso|poi|anche|invece|(?:mi )?(?:puoi|potresti|puo|vorresti)|vorrei che|bitte|jetzt|dann|auch|(?:kannst|könntest|würdest) du|s'il (?:te|vous) pla[iî]t|maintenant|ensuite|(?:peux|pourrais)-tu|tu (?:peux|pourrais)|(?:pouvez|pourriez)-vous|por favor|ahora|luego|tambi[eé]n|(?:me )?(?:puedes|podr[ií]as))[\s,:]+/;

/** Imperatives and infinitives; a star stands for any ending, as of Italian pronouns: `rendila`, `rendere`. */
const EDIT_VERBS = words(`
  add make change rename convert refactor extract remove delete drop fix use replace move split inline wrap unwrap
  implement write create generate insert append prepend simplify shorten optimize optimise improve rewrite translate turn
  handle return throw sort format reformat indent dedent document comment uncomment type annotate update upgrade migrate
  port merge combine invert negate reverse reorder swap clean tidy complete finish fill cache memoize memoise log validate
  guard avoid prevent ensure allow support put set call pass cast export import declare define reduce round escape sanitize
  sanitise parallelize parallelise undo revert correct repair stop keep apply break flatten initialize initialise hide
  expose mark capitalize deduplicate debounce throttle retry catch await don't never restructure reuse enforce
  aggiung* rend* cambi* modific* rinomin* convert* rifattorizz* refattorizz* refactorizz* estra* rimuov* elimin* togli*
  cancell* corregg* sistem* ripar* aggiust* usa usare sostitu* spost* divid* scriv* crea creare genera generare inser*
  semplific* accorci* ottimizz* miglior* riscriv* traduc* trasform* gestisc* gestire ordina ordinare formatt* document*
  comment* tipizz* aggiorn* unisc* unire invert* complet* valid* evit* fai fallo falla metti mettere implement* avvolg*
  füge ergänze ergänz* mach* änder* ändere benenn* wandle extrahier* entfern* lösch* beheb* korrigier* nutz* verwend*
  ersetz* verschieb* teile schreib* erstell* erzeug* vereinfach* optimier* verbesser* übersetz* sortier* formatier*
  dokumentier* kommentier* kürz*
  ajout* rends rendre change renomm* convertis* extrai* supprim* enlèv* enlev* corrig* utilis* remplac* déplac* écris
  écrire crée créer génèr* génér* simplifi* optimis* amélior* réécri* tradui* transform* trie trier document* comment*
  añad* agreg* haz hazl* cambi* renombr* conviert* convert* extra* quit* elimin* borr* arregl* usa usar reemplaz* mueve
  mover escrib* crea crear genera generar simplific* optimiz* mejor* reescrib* traduc* transform* ordena ordenar
  document* coment*`);

const ASK_WORDS = words(`
  what what's whats why how how's when where who whose which is isn't are aren't does doesn't did was were has have can
  could should would will explain describe tell show summarize summarise summary compare list review analyze analyse
  understand walk discuss help any anything suggest estimate find spot check look think give
  cosa cos'è che perché perche perchè come quando dove chi quale quali quanto quanta quanti è e' sono c'è spieg* descriv*
  dimmi dicci mostra* riassum* confront* elenc* analizz* aiut* rived* rivedi controll* verific* sugger* trova* secondo
  was warum wieso weshalb wozu wie wann wo wer welche welcher welches ist sind hat kann soll erklär* erkläre beschreib*
  sag zeig* vergleich* prüf* hilf
  que quoi qu'est-ce pourquoi comment quand où qui quel quelle quels quelles est est-ce explique* expliqu* décri* dis
  montre* résum* compar* analys* aide*
  qué por cómo como cuándo cuando dónde quién cuál cuáles es son está explica* explíca* describ* dime muestra* resum*
  compara* analiza* ayuda*`);

/** Nouns whose making is read, not written over the code. */
const TO_READ =
  /^\S+ (?:\S+ ){0,3}?(?:unit[- ]tests?|tests?|test cases?|commit message|summary|explanation|list|plan|question|e-?mail|messaggio di commit|riassunto|spiegazione|testfälle|zusammenfassung|résumé|resumen|pruebas)\b/;

/** A state that shall be: no imperative, and yet a wish for a change. */
const WISH =
  /\b(?:instead of|rather than|should(?:n't| not)? (?:be|return|take|use|have|throw|accept|never|always|only|not|handle|do)|must(?:n't| not)? \w+|needs? (?:a|an|to|more|less|better)|shorter|faster|simpler|more readable|better names?|anziché|invece di|al posto di|dovrebbe|deve(?:ono)? \w+|più (?:corto|breve|semplice|veloce|leggibile)|statt|anstatt|sollte|muss|kürzer|au lieu de|devrait|doit|plus (?:court|simple|rapide)|en vez de|en lugar de|debería|debe|más (?:corto|simple|rápido))\b/;

/** What is wanted stands in the first words; a question ends with its mark. */
const FIRST_CHARS = 400;
const MOST_OPENINGS = 6;

function askOrEdit(typed: string): ChatForm {
  const whole = typed.trim().toLowerCase().replaceAll('’', "'");
  const sentence = afterOpening(whole.slice(0, FIRST_CHARS));
  const first = /^[\p{L}\p{N}'-]+/u.exec(sentence.text)?.[0] ?? '';
  if (/^(?:do|non)$/.test(first)) return doOrNot(sentence.text);
  // `comment` asks in French and changes code in English: what follows tells.
  if (
    first === 'comment' &&
    /^comment (?:\S+ )?(?:ça|cela|est|fonctionne|marche|faire|on|puis|se)\b/.test(sentence.text)
  )
    return 'ask';
  const ends = /[?？]$/.test(whole);
  if (sentence.polite && !ASK_WORDS(first) && EDIT_VERBS(lastWord(sentence.text))) return 'edit';
  if (EDIT_VERBS(first) && !(ASK_WORDS(first) && ends)) {
    if (TO_READ.test(sentence.text)) return 'ask';
    return ends && !sentence.polite ? 'ask' : 'edit';
  }
  if (ends || ASK_WORDS(first)) return 'ask';
  return WISH.test(sentence.text) ? 'edit' : 'ask';
}

/** `do it in one pass` wants a change, `do these differ` asks; `non lanciare errori` wants one as well. */
function doOrNot(text: string): ChatForm {
  if (/[?？]\s*$/.test(text)) return 'ask';
  return /^(?:do (?:not|this|it|that|the)\b|non \S+(?:are|ere|ire|arre|orre)\b)/.test(text) ? 'edit' : 'ask';
}

function afterOpening(text: string): { readonly text: string; readonly polite: boolean } {
  let rest = text;
  for (let count = 0; count < MOST_OPENINGS; count += 1) {
    const shorter = rest.replace(/^[¿¡"'\s]+/, '').replace(OPENING, '');
    if (shorter === rest) break;
    rest = shorter;
  }
  return { text: rest, polite: rest !== text };
}

/** German puts the verb there: `kannst du das vereinfachen?`. */
function lastWord(text: string): string {
  return /([\p{L}'-]+)[\s.?!？]*$/u.exec(text.slice(-60))?.[1] ?? '';
}

function words(list: string): (word: string) => boolean {
  const all = list.trim().split(/\s+/);
  const whole = new Set(all.filter((word) => !word.endsWith('*')));
  const stems = all.filter((word) => word.endsWith('*')).map((word) => word.slice(0, -1));
  return (word) => whole.has(word) || stems.some((stem) => word.startsWith(stem));
}
