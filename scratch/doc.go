// Package scratch lends memory that is needed for one request and then by the next: columns, rows and bytes of which an answer is made. What is
// given back is used again in place of becoming garbage. It knows nothing of what the memory is for, and imports the standard library only.
//
// A Scratch belongs to whoever made it, for a request that is the session. All that was lent by it is given back at once, by Free, and nothing of it
// may be read after that: what outlives the request, answers that are kept and whatever caches have, never lies in it. Not to free a Scratch is
// always safe: it becomes garbage with all that it has lent.
package scratch
