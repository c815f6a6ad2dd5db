// Command peers compares countyql with two servers that make GraphQL of a PostgreSQL database: GraphJin, which is linked in here, and
// PostGraphile, which runs on Node. It is a module of its own, so that nothing of theirs is a dependency of countyql.
package main
