// Package race measures sides that answer the same questions: in turn, round by round, with one client and with several, after
// their answers have been compared.
package race
