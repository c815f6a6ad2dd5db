package dense

import (
	"syscall"
	"time"
)

// Used is the processor time that this process has taken: what benchmarks report where a machine has other work to do.
func Used() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err) // there is nothing else it could fail of than a wrong argument
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
