// Package document decides whether a GraphQL document may run: it parses it within a number of tokens, measures it, and only
// then validates it, so that what a document costs before it is refused is bounded. Its limits are on the text alone;
// what an operation reads is the business of package query. It imports the parser and package indicator.
package document
