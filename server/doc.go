// Package server puts the service on HTTP: routes, request limits and identifiers, security headers, health, and the web
// pages. It answers no questions about figures itself.
package server
