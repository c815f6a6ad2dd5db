// Package graph serves the contract of package schema: generated code, and resolvers that convert the request, call package
// query, and return its result. It does no arithmetic on figures and knows no SQL. The objects of the contract are the types
// of query and catalog; generated input types stay inside this package.
package graph

//go:generate go -C .. tool gqlgen generate
