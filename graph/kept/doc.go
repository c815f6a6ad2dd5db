// Package kept holds answers to be given again: which operations may have one, under which key, how many bytes, and that equal
// questions asked at one time are worked out once. It does not know how an answer is made.
package kept
