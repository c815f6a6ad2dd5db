//go:build race

package main

// raceDetector says whether the tests were built with the race detector.
const raceDetector = true
