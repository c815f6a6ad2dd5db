//go:build unix

package resident

import (
	"os"
	"syscall"
)

// mapPages returns fresh pages of zeros for at least so many bytes.
func mapPages(size int) ([]byte, bool) {
	page := os.Getpagesize()
	size = (size + page - 1) / page * page
	pages, err := syscall.Mmap(-1, 0, size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON)
	return pages, err == nil
}

func unmapPages(pages []byte) {
	if err := syscall.Munmap(pages); err != nil {
		panic(err) // the pages are not what mapPages returned
	}
}
