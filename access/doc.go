// Package access says who asks and what they may do: principals with a role and a scope, the file of bearer tokens, and
// tokens signed by others. It knows no HTTP and no figures; the server asks it who a token is, the query what it hides.
package access
