/**
 * Instructions as people type them about the code in front of them, grouped and labelled by hand. A line is a group: its
 * instructions, between bars, ask for the same. A block is a family: its lines ask for things that look alike and are not
 * (turned round, negated, another number, name, version or language).
 */
export const INSTRUCTION_GROUPS = `
explain this function | what does this function do? | can you explain what this function does | Explain the function please | describe what this function does | how does this function work? | walk me through this function | help me understand this function
explain this function in one sentence | explain this function in a single sentence | describe this function in one sentence | in one sentence, what does this function do?
explain this function in three sentences | what does this function do, in 3 sentences? | describe this function in 3 sentences
explain this function line by line | walk me through this function line by line | go through this function line by line and explain it | line by line explanation of this function
explain why this function is slow | why is this function slow? | why is this so slow? | tell me why this function is slow
explain this function to a beginner | explain this function like I'm a beginner | describe this function for beginners | explain this function for a beginner

add types | add type annotations | please add types | add type annotations to this | annotate this with types | add types to this code | put type annotations on this
remove types | remove the type annotations | strip the types | delete type annotations | get rid of the type annotations | drop the types
fix the types | correct the types | fix the type annotations | repair the types

sort ascending | sort in ascending order | order ascending | sort it ascending | please sort this in ascending order
sort descending | sort in descending order | order descending | sort it descending | sort this in descending order
sort by name ascending | sort by name in ascending order | order by name ascending | sort ascending by name
sort by date ascending | sort by date in ascending order | order by date, ascending
reverse the order | reverse the list order | invert the order

add error handling | add some error handling | handle errors | please add error handling here | handle the errors in this code
remove error handling | remove the error handling | get rid of the error handling | strip the error handling
add error handling without try/catch | handle errors without try/catch | add error handling but don't use try/catch

convert this to async/await | rewrite this with async/await | use async/await | make this use async/await | change this to use async/await | refactor to async/await | turn this into async/await
convert this from async/await to promises | rewrite async/await as promises | change async/await to promises
convert this to callbacks | rewrite this with callbacks | make this use callbacks
make this synchronous | make this function synchronous | convert this to synchronous code | make it sync
make this asynchronous | make this function async | make it async | turn this into an async function

convert this to Python | translate this to Python | rewrite this in Python | port this to Python | turn this into Python | Python version of this please
convert this to JavaScript | translate this to JavaScript | rewrite this in JavaScript | port this code to JavaScript
convert this to TypeScript | rewrite this in TypeScript | translate it into TypeScript | migrate this to TypeScript
convert this from Python to JavaScript | translate this from Python to JavaScript | port this from Python to JavaScript
convert this from JavaScript to Python | translate from JavaScript to Python | rewrite this JavaScript in Python
convert this to Python 2 | port this to Python 2 | translate this to Python 2
convert this to Python 3 | port this to Python 3 | rewrite this in Python 3 | migrate this to Python 3
convert this to Rust | rewrite it in Rust | port this to Rust
convert this to Go | rewrite it in Go | port this to Go

write unit tests | write unit tests for this | add unit tests | generate unit tests for this function | create unit tests for this | please write some unit tests | write tests for this function | add tests
write integration tests | add integration tests | write integration tests for this | generate integration tests
remove the tests | delete the unit tests | remove unit tests
write one unit test | add a single unit test | write one unit test for this
write 5 unit tests | add five unit tests | generate 5 unit tests
write 10 unit tests | add ten unit tests | generate 10 unit tests for this
write unit tests with jest | add jest unit tests | write jest tests | generate unit tests using jest
write unit tests with vitest | add vitest unit tests | write vitest tests | generate unit tests using vitest
fix the failing tests | fix the broken tests | make the tests pass
skip the failing tests | skip the tests that fail | disable the failing tests

add comments | add comments to this code | comment this code | please comment this | add some comments | write comments for this
remove comments | delete all comments | strip the comments | remove all the comments | get rid of the comments
translate the comments to English | translate comments into English | turn the comments into English
translate the comments to German | translate comments into German
add a docstring | write a docstring | generate a docstring for this function | add a doc string to this function | document this function with a docstring
add JSDoc | add a JSDoc comment | write JSDoc for this function | document this with JSDoc | generate JSDoc comments
remove the docstring | delete the docstring | drop the docstring

rename foo to bar | rename the variable foo to bar | change the name of foo to bar | rename foo as bar | please rename foo to bar
rename bar to foo | rename the variable bar to foo | change the name of bar to foo
rename foo to baz | change foo's name to baz | rename the variable foo to baz
rename fooBar to foo_bar | rename the variable fooBar to foo_bar
rename foo_bar to fooBar | rename the variable foo_bar to fooBar

refactor this | refactor this code | please refactor this function | can you refactor this? | clean up this code | tidy this up
refactor this into smaller functions | split this into smaller functions | break this up into smaller functions | break this function into smaller ones | extract smaller functions
merge these into one function | combine these functions into one | merge these functions into a single function
refactor this into a class | turn this into a class | convert this to a class | make this a class
convert the class to functions | turn this class into functions | refactor the class into functions

simplify this | simplify this code | make this simpler | can you simplify this function? | simplify it please | make this code simpler
simplify the condition | simplify this condition | make the condition simpler
optimize this | optimise this code | make this faster | improve the performance of this | speed this up | optimize for speed | make this function faster | improve performance
optimize for memory | reduce memory usage | use less memory | lower the memory usage | optimize memory use
optimize for readability | make this more readable | improve readability | make it easier to read | improve the readability of this code

fix this bug | fix the bug | fix this | fix the bug in this code | please fix the bug | find and fix the bug | repair this
find the bug | where is the bug? | can you spot the bug
explain the bug | explain what the bug is | what is the bug? | describe the bug
explain this error | what does this error mean? | why do I get this error? | explain the error message | describe this error
fix this error | fix the error | resolve this error | how do I fix this error? | solve this error
ignore this error | ignore the error | suppress this error | silence this error

make this public | make this method public | change this to public | set the visibility to public
make this private | make this method private | change this to private | set the visibility to private
make public methods private | change public methods to private
make private methods public | change private methods to public
make this static | make this method static | turn this into a static method
make this readonly | make this read-only | mark this as readonly

use const instead of let | replace let with const | change let to const | switch from let to const
use let instead of const | replace const with let | change const to let | switch from const to let
use let instead of var | replace var with let | change var to let

add logging | add log statements | add some logging | please add logs | log what happens here
remove logging | remove the log statements | delete the logs | strip the logging | remove all logs
add debug logging | add debug logs | log at debug level
log to a file | write the logs to a file | send the logs to a file

increase the timeout to 30 seconds | set the timeout to 30 seconds | make the timeout 30 seconds | change the timeout to 30 seconds
increase the timeout to 60 seconds | set the timeout to 60 seconds | make the timeout 60 seconds
set the timeout to 30 milliseconds | make the timeout 30 milliseconds | change the timeout to 30 ms
remove the timeout | delete the timeout | drop the timeout | get rid of the timeout
double the timeout | make the timeout twice as long
halve the timeout | cut the timeout in half

retry 3 times | retry three times | retry up to 3 times | add 3 retries
retry 5 times | retry five times | retry up to 5 times | add five retries
do not retry | don't retry | never retry | remove the retries

add input validation | validate the input | validate inputs | add validation for the input | check the input | please add input validation
remove input validation | remove the input validation | drop the input validation | skip validation of the input
add output validation | validate the output | add validation for the output

add null checks | check for null | add a null check | handle null | guard against null
remove null checks | remove the null checks | drop the null checks | delete null checks
add undefined checks | check for undefined | handle undefined

make this a one-liner | turn this into a one-liner | write this in one line | put this on one line
split this into several lines | break this over multiple lines | spread this over several lines

use a for loop | rewrite this with a for loop | use a for loop instead | convert this to a for loop | change this to a for loop
use a while loop | rewrite this with a while loop | convert this to a while loop | change this to a while loop
use map instead of the for loop | replace the for loop with map | change the for loop to map
use a for loop instead of map | replace map with a for loop | change map to a for loop
use recursion | make this recursive | rewrite this recursively | convert this to recursion
remove the recursion | make this iterative | rewrite this iteratively without recursion | convert this to iteration

use tabs | indent with tabs | use tabs for indentation
use spaces | indent with spaces | use spaces for indentation
use 2 spaces | indent with 2 spaces | use two spaces for indentation
use 4 spaces | indent with 4 spaces | use four spaces for indentation
use single quotes | change the quotes to single quotes | switch to single quotes
use double quotes | change the quotes to double quotes | switch to double quotes

is this thread safe? | is this code thread-safe? | is this threadsafe?
make this thread safe | make this code thread-safe | make it threadsafe
is this code secure? | is this secure? | are there security problems here? | check this for security issues
is this code correct? | is this correct? | check that this is correct
is this code efficient? | is this efficient?

what is the time complexity? | what's the time complexity of this? | time complexity of this function? | give me the time complexity | explain the time complexity
what is the space complexity? | what's the space complexity of this? | space complexity of this function? | give me the space complexity
reduce the time complexity | lower the time complexity | improve the time complexity

upgrade to React 18 | update this to React 18 | migrate to React 18 | convert this to React 18
upgrade to React 19 | update this to React 19 | migrate this to React 19
downgrade to React 17 | go back to React 17 | downgrade this to React 17
convert this to Vue | rewrite this in Vue | port this component to Vue | migrate this to Vue
convert this to Svelte | rewrite it in Svelte | port this to Svelte

add a parameter named limit | add a limit parameter | add a parameter called limit | add an argument called limit
remove the limit parameter | remove the parameter limit | drop the limit parameter | delete the parameter named limit
add an offset parameter | add a parameter named offset | add a parameter called offset
make limit optional | make the limit parameter optional | make the parameter limit optional
make limit required | make the limit parameter required | make the limit parameter mandatory

return early | use early returns | use an early return | add early returns | refactor to early returns
return null instead of throwing | return null rather than throwing | don't throw, return null
throw instead of returning null | throw rather than return null | don't return null, throw

delete unused variables | remove unused variables | remove the unused variables | get rid of unused variables
delete unused imports | remove unused imports | remove the unused imports | clean up unused imports
add missing imports | add the missing imports | import what is missing | fix missing imports
sort the imports | order the imports | sort imports alphabetically | organize imports

write a commit message | generate a commit message | create a commit message | suggest a commit message
write a pull request description | generate a PR description | create a pull request description
review this code | do a code review | please review this | code review this | review my code | give me a code review
review this for security | do a security review | security review this code
summarize this file | give me a summary of this file | summarise this file | write a summary of this file
summarize this function | give me a summary of this function | summarise this function

encode this as base64 | convert this to base64 | base64 encode this
decode this from base64 | decode base64 | base64 decode this
encrypt this | encrypt the data | add encryption
decrypt this | decrypt the data | add decryption

extract this into a function | extract a function | move this into its own function | extract function | pull this out into a function
extract this into a constant | extract a constant | move this into a constant | pull this out into a constant
extract this into a component | extract a component | move this into its own component
inline this function | inline the function | inline it

cache the result | memoize this | memoize this function | add caching | add memoization | cache the results of this
invalidate the cache | clear the cache | empty the cache
do not cache the result | don't cache the result | remove caching | disable caching

show an example of how to call this | give me an example of calling this function | how do I call this function? | how do I use this function? | show me a usage example
who calls this function? | where is this function called? | where is this used? | find usages of this function
what does this function return? | what is the return value? | what's returned by this function? | explain the return value
what parameters does this function take? | what are the parameters? | explain the parameters | describe the arguments
what type does this return? | what is the return type? | what's the return type of this function?
add a return type | add the return type | annotate the return type | specify the return type

convert the numbers to strings | turn the numbers into strings | change numbers to strings | cast the numbers to strings
convert the strings to numbers | turn the strings into numbers | parse the strings as numbers | cast the strings to numbers
convert json to csv | turn this json into csv | transform json to csv
convert csv to json | turn this csv into json | transform csv to json
convert to uppercase | make it uppercase | change this to upper case | uppercase this
convert to lowercase | make it lowercase | change this to lower case | lowercase this

use the first element | take the first element | get the first item
use the last element | take the last element | get the last item
remove duplicates | deduplicate | remove the duplicates from the list | dedupe this | get rid of duplicates
keep only duplicates | return only the duplicates | find the duplicates
filter out null values | remove null values | drop nulls | remove the nulls
keep null values | don't remove null values | do not filter out nulls

include the end date | make the end date inclusive | make the range include the end date
exclude the end date | make the end date exclusive | make the range exclude the end date
start at 0 | start counting from 0 | start from zero | make it zero-based
start at 1 | start counting from 1 | start from one | make it one-based

allow empty strings | accept empty strings | permit empty strings
do not allow empty strings | don't allow empty strings | reject empty strings | disallow empty strings
make the button blue | change the button color to blue | change the button to blue | set the button colour to blue
make the button red | change the button color to red | change the button to red | set the button colour to red
disable the button | make the button disabled
enable the button | make the button enabled
hide the sidebar | make the sidebar hidden
show the sidebar | make the sidebar visible | display the sidebar
move imports above constants | put imports before constants | place the imports above the constants
move constants above imports | put constants before imports | place the constants above the imports
call init before render | run init before render | make sure init is called before render
call render before init | run render before init | make sure render is called before init
copy from source to target | copy source to target | copy the source into the target
copy from target to source | copy target to source | copy the target into the source
compare a with b | compare a to b | compare a and b
subtract a from b | take a away from b
subtract b from a | take b away from a
use greater than | replace < with > | change < to >
use less than | replace > with < | change > to <
use strict equality | use === instead of == | replace == with === | change == to ===
use loose equality | use == instead of === | replace === with == | change === to ==
add a constructor | write a constructor | generate a constructor | create a constructor
remove the constructor | delete the constructor
implement the interface | implement this interface | add an implementation of this interface
extract an interface | extract the interface | create an interface from this class
mock the database | use a mock database | mock out the database
use the real database | don't mock the database | do not mock the database
write a regex for emails | write a regular expression that matches emails | regex to match email addresses | create a regex for email addresses
explain this regex | what does this regex match? | describe this regular expression | explain the regular expression | what does this regex do?
write a regex for phone numbers | regex to match phone numbers | create a regular expression for phone numbers
write a SQL query for this | generate a SQL query | turn this into a SQL query | convert this to SQL
explain this SQL query | what does this SQL query do? | describe the SQL query | explain the query
optimize this SQL query | make this SQL query faster | speed up this SQL query | improve the performance of this query
`;
