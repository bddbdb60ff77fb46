/** Words and turns of phrase that editor instructions use for one another. English only: other languages stay as they are. */

/** One turn of phrase for another, in order, on lower-case words with single blanks between. */
export const PHRASES: readonly (readonly [RegExp, string])[] = [
  [/\b(please|kindly|hey|hi|thanks|thank you)\b/g, ' '],
  [/\b(can|could|would|will) you( just| also| now)?\b/g, ' '],
  [/\bi (want|need|would like|would love)( you)?( to)?\b/g, ' '],
  [/\b(let us|for me|if possible|right now|make sure( that)?|ensure( that)?)\b/g, ' '],
  [/\bhow (do|can|should|would|could) (i|we|you) (call|use) (this|it|that)\b/g, 'example call this'],
  [
    /\b(show|give|write|add)( me)? (an?|some) (usage )?examples?( of| for)?( how to| using| calling)?( call| use)?\b/g,
    'example call',
  ],
  [/\bhow (do|can|should|would|could) (i|we|you)\b/g, ' '],
  [/\b(show|tell|give) me\b/g, 'explain'],
  [/\b(help me|let me|i do not|i want to) understand\b/g, 'explain'],
  [/\b(walk|take|guide|talk) me through\b/g, 'explain'],
  [/\bgo through (.*?) and explain( it| this)?\b/g, 'explain $1'],
  [/\bwhat( exactly)? (does|do|did) (this|that|it|the)( \w+)? (do|mean)\b/g, 'explain $3$4'],
  [/\bwhat (this|that|it|the)( \w+)? (does|means|is)\b/g, '$1$2'],
  [/\bwhat (is|are) (this|that|it|the)( \w+)? (doing|for|about)\b/g, 'explain $2$3'],
  [/\bhow (does|do|is|are) (this|that|it|the)( \w+)? works?\b/g, 'explain $2$3'],
  [/\bhow (this|that|it|the)( \w+)? works?\b/g, '$1$2'],
  [/\bwhat (is|are) (the )?purpose of\b/g, 'explain'],
  [/\bexplain why\b|\bwhat is the reason\b|\bhow come\b/g, 'why'],
  [/\bwhy (is|are|do|does|did|was) (i|we)?\b/g, 'why '],
  [/\bexplain what\b|\bwhat (is|are)\b/g, 'explain'],
  [/\b(is|are|so|does|do i) (?=.*\b(slow|broken|failing|wrong)\b)/g, ' '],
  [/\blike i( am|m)? an?\b|\bto an?\b(?= beginner)|\bfor (an? )?(?=beginner)/g, ' '],
  [/\bget rid of\b|\btake out\b|\bfilter out\b|\bthrow away\b|\bcut out\b/g, 'remove'],
  [/\b(rather than|in place of)\b/g, 'instead of'],
  [/\b(do not|does not|must not|should not|never|no longer|stop) (use|using)\b/g, 'not'],
  [/\b(do not|does not|must not|should not|without( using)?|never|no longer|avoid)\b/g, 'not'],
  [/\b(disallow|forbid|prohibit|reject)\b/g, 'not allow'],
  [/\bfrom (\S+( \S+)?) (?=(in)?to\b)/g, '$1 '],
  [/\buse (.+?) instead of (.+)$/g, 'become $2 $1'],
  [/\breplace (.+?) (with|by) (.+)$/g, 'become $1 $3'],
  [/\b(rename|name) (the )?(variable|function|method|class|constant|field) (?=\S+ (to|as)\b)/g, 'rename '],
  [/\bchange the name of (the )?(\w+ (?=\S+ (to|into)\b))?/g, 'rename '],
  [/\brename (\S+) (as|into)\b/g, 'rename $1 to'],
  [/\b(an?|the) (\S+) (parameter|argument|variable|constant|field)\b/g, '$3 $2'],
  [/\b(parameter|argument|variable|constant|field) (named|called)\b/g, '$1'],
  [/\b(in )?(ascending|descending)( order)?\b/g, '$2'],
  [/\b(from )?(smallest|lowest|low) to (largest|highest|biggest|high)\b/g, 'ascending'],
  [/\b(from )?(largest|highest|biggest|high) to (smallest|lowest|low)\b/g, 'descending'],
  [/\bspeed (this|it|the code|things)?( \w+)? ?up\b|\bspeed up\b/g, 'optimise speed $2'],
  [/\b(improve|increase|boost|better) (the )?(performance|speed)( of)?\b/g, 'optimise speed'],
  [
    /\b(make|get) (this|it|that|the)?(.*?) (faster|quicker|run faster|more performant|more efficient)\b/g,
    'optimise speed $2$3',
  ],
  [/\boptimi[sz]e( for)? (?=(speed|memory|readability)\b)/g, 'optimise '],
  [/\boptimi[sz]e(?! (for|memory|speed|readability|the memory))/g, 'optimise speed'],
  [
    /\b(reduce|lower|decrease|cut) (the )?memory( use| usage| footprint| consumption)?\b|\buse less memory\b/g,
    'optimise memory',
  ],
  [/\bmemory (use|usage|footprint|consumption)\b/g, 'memory'],
  [/\b(improve|increase) (the )?readability( of)?\b/g, 'optimise readability'],
  [
    /\bmake (this|it|that|the)?(.*?) (more readable|easier to read|easier to understand|clearer)\b/g,
    'optimise readability $1$2',
  ],
  [/\bmake (this|it|that|the)?(.*?) (simpler|less complex|less complicated|easier)\b/g, 'simplify $1$2'],
  [
    /\b(clean|tidy) (this|it|the code|this code)? ?up\b|\b(clean|tidy) up\b|\btidy\b|\brestructure\b/g,
    'refactor',
  ],
  [/\bclean up unused\b|\brefactor unused\b/g, 'remove unused'],
  [/\b(split|break) (this|it|that|the)?( function| method| code)?( up)? ?(in|into)\b/g, 'split into'],
  [/\brefactor (this|it|that|the)?( code| function| method)? ?(in)?to (?=smaller)/g, 'split into '],
  [/\bextract (?=smaller)/g, 'split into '],
  [/\bsmaller (functions|ones|pieces|parts|methods)\b/g, 'smaller'],
  [/\bcomment (this|it|that|the code|on this)\b/g, 'add comments $1'],
  [/\bdocument (.*?)with\b/g, 'add $1'],
  [/\bannotate (.*?)with\b/g, 'add $1'],
  [/\bannotate\b/g, 'add'],
  [/\btype (annotations?|hints?|information)\b|\btypings\b/g, 'types'],
  [/\bdoc strings?\b/g, 'docstring'],
  [/\bunit tests?\b|\btest cases?\b/g, 'tests'],
  [/\b(using|with) (?=\w+( |$))/g, 'with '],
  [/\b(\w+) tests with (jest|vitest|mocha|pytest|junit|jasmine)\b/g, '$1 $2 tests'],
  [/\btests with (\w+)\b/g, '$1 tests'],
  [/\b(failing|broken) tests\b|\btests that (fail|are failing|are broken)\b/g, 'failing tests'],
  [/\bmake the tests pass\b/g, 'fix failing tests'],
  [
    /\b(handle|catch|deal with) (the |any |all )?(potential |possible )?(errors?|exceptions?)\b|\b(error|exception)s? handling\b/g,
    'errorhandling',
  ],
  [/^errorhandling\b/g, 'add errorhandling'],
  [/\bwhy (i )?get (this )?error\b/g, 'explain error'],
  [/\bpull requests?\b/g, 'pr'],
  [/\bregular expressions?\b/g, 'regex'],
  [/\b(that )?(match|matches|matching) (?=emails?|phone)/g, ' '],
  [/\bregex (to|for)\b/g, 'regex'],
  [/\bemail address(es)?\b/g, 'email'],
  [/\bupper case\b/g, 'uppercase'],
  [/\blower case\b/g, 'lowercase'],
  [/\bthread safe\b/g, 'threadsafe'],
  [/\bread only\b/g, 'readonly'],
  [/\bone liner\b|\b(in|on) (one|a single) line\b/g, 'oneline'],
  [/\b(several|multiple|many) lines\b/g, 'manylines'],
  [/\blog (statements?|lines?|messages?)\b|\b(add|remove|strip)( some| the)? logging\b|\blogs\b/g, '$2 logs'],
  [/\b(up to )?(\w+) (retries|times)\b/g, '$2 times'],
  [/\badd (?=\w+ times\b)/g, 'retry '],
  [
    /\b(input|inputs) validation\b|\bvalidation (for|of) (the )?inputs?\b|\b(validate|check|verify) (the )?inputs?\b/g,
    'inputvalidation',
  ],
  [
    /\boutput validation\b|\bvalidation (for|of) (the )?output\b|\b(validate|check) (the )?output\b/g,
    'outputvalidation',
  ],
  [/^\W*(in|out)putvalidation\b/g, 'add $1putvalidation'],
  [/\b(null|undefined|nil|none) checks?\b|\bchecks? for (null|undefined|nil|none)\b/g, '$1$2check'],
  [/\b(handle|guard against) (null|undefined|nil)s?\b/g, '$2check'],
  [/^\W*(\w+)check\b/g, 'add $1check'],
  [/\bnull values\b|\bnulls\b/g, 'null'],
  [/\bearly returns?\b|\breturn early\b/g, 'earlyreturn'],
  [/^\W*(become |add |refactor (to )?)?earlyreturn/g, 'use earlyreturn'],
  [/\bcode review\b/g, 'review'],
  [/\b(do|give|write|make)( me)? (an? )?review\b|\bexplain review\b/g, 'review'],
  [/\b(give|write|make|explain)( me)? (an? |the )?summary( of)?\b|\bsummari[sz]e\b/g, 'summary'],
  [/\bmemoi[sz]e\b|\b(add )?(memoi[sz]ation|caching)\b|\bcache\b/g, 'cache'],
  [/\b(pull|move|put|take) (.*?)(out )?into (an? |its own |a separate |the )/g, 'extract $2into '],
  [/\bdedup(e|licate)?\b/g, 'remove duplicates'],
  [/\bindent(ation)? with\b/g, 'become'],
  [/\bfor (the )?indentation\b/g, ' '],
  [/\b(place|put) (?=.*\b(above|below|before|after)\b)/g, 'move '],
  [/\b(above|prior to|ahead of)\b/g, 'before'],
  [/\b(below|following)\b/g, 'after'],
  [
    /\b(make|set|change|mark) (?=.*\b(optional|required|mandatory|public|private|static|readonly)\b)/g,
    'become ',
  ],
  [/\bset the visibility\b|\bbecome the visibility\b/g, 'become'],
  [/\bmandatory\b/g, 'required'],
  [/\bcolou?r to\b/g, 'to'],
  [/\bcolour(s?)\b/g, 'color$1'],
  [/\barguments\b/g, 'parameters'],
  [/\b(single|just one|only one)\b/g, 'one'],
];

/** What an instruction begins with; one thing each, by their stems. Anywhere else such a word may be a name. */
export const SAME_VERBS = sameAs(
  'explain describ clarify elaborat interpret',
  'add writ creat generat insert includ put mak suggest introduc produc provid',
  'remov delet strip drop eliminat eras discard',
  'fix repair correct resolv solv patch',
  'become convert transform rewrit use utiliz refactorto',
  'optimis improv',
  'start begin',
  'allow accept permit',
  'ignor suppres silenc',
  'skip disabl',
  'call run invok execut',
  'find locat spot identify',
  'show display',
  'reverse invert',
  'tidy clean',
  'sort order arrang organiz',
  'merg combin join unify',
);

/** With what it becomes, they too begin a change. */
export const BECOMING: ReadonlySet<string> = new Set(
  'turn translat port migrat chang switch set updat upgrad adapt cast pars'.split(' '),
);

/** Things that have several names wherever they are mentioned, by their stems. */
export const SAME_THINGS = sameAs(
  'bug issue problem defect mistak',
  'milliseconds millisecond ms',
  'synchronous sync',
  'asynchronous async',
);

/** Of which one and many are the same where something is done to them, by their stems; else only one may be a name. */
export const COUNTABLE: ReadonlySet<string> = new Set(
  'typ test comment import variabl function lin docstring beginner email ascend descend error'.split(' '),
);

function sameAs(...lines: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    lines.flatMap((line) => {
      const [first = '', ...others] = line.split(' ');
      return [first, ...others].map((stem): [string, string] => [stem, first]);
    }),
  );
}

/** Say nothing of what is asked for. */
export const FILLERS = new Set(
  (
    'a an the this that these those it its itself my our your me us i we you is are be being am was were do does did some all ' +
    'just also now then so really very here there and'
  ).split(' '),
);

/** Say how what follows belongs to what goes before. */
export const LINKS = new Set('to of for in into on at with as'.split(' '));

/** `a` and `i` before one of these, or at the end, are names. */
export const AFTER_A_NAME = new Set([
  'to',
  'from',
  'with',
  'by',
  'and',
  'or',
  'in',
  'into',
  'as',
  'of',
  'before',
  'after',
  'than',
]);

/** After one of these, one of the nouns means the code that is selected. */
export const POINTING = new Set([
  'this',
  'that',
  'the',
  'my',
  'these',
  'selected',
  'following',
  'it',
  'current',
]);
export const SELECTED_NOUNS = new Set([
  'function',
  'method',
  'code',
  'snippet',
  'block',
  'selection',
  'one',
  'piece',
  'routine',
]);

export const NUMBER_WORDS: ReadonlyMap<string, string> = new Map(
  'zero one two three four five six seven eight nine ten eleven twelve'
    .split(' ')
    .map((word, number) => [word, String(number)]),
);

/** Written with capitals by some and without by others: the same word. */
export const PROPER_WORDS = new Set(
  (
    'javascript typescript github gitlab graphql jsdoc postgresql mysql sqlite mongodb nodejs openai webassembly phpunit junit ' +
    'powershell restructuredtext python java kotlin swift rust go ruby php perl scala haskell c c++ c# sql html css json csv xml yaml ' +
    'react vue svelte angular jest vitest mocha pytest docker kubernetes linux windows http https url api pr ui es6 utf-8 ascii ' +
    'i ok english german french spanish italian portuguese russian hindi chinese japanese korean'
  ).split(' '),
);
