package main

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/countyql/countyql/query"
	"github.com/countyql/countyql/server"
)

// uploadFlags say what may be uploaded to a server and where what is changed is written down.
type uploadFlags struct {
	MaxUpload byteSize `default:"1GiB" env:"COUNTYQL_MAX_UPLOAD" placeholder:"SIZE" help:"Largest upload, such as 200MiB (default ${default}); 0 takes none."`
	AuditLog  string   `env:"COUNTYQL_AUDIT_LOG" placeholder:"FILE" help:"Append to this file, as JSON, who loaded and published what. Default: the log."`
}

// uploadsDir is where a store's directory holds what is being uploaded and the keys of what was.
const uploadsDir = "uploads"

// open prepares for uploads to the store in a directory. The function is to be called when the server has ended. A store that
// cannot be written is served without uploads.
func (f *uploadFlags) open(
	service *query.Service, dir string, observe func(outcome string), audit, logger *slog.Logger,
) (*server.Uploads, func() error, error) {
	done := func() error { return nil }
	if f.MaxUpload == 0 {
		return nil, done, nil
	}
	uploads, err := server.NewUploads(service, filepath.Join(dir, uploadsDir), server.UploadOptions{
		MaxBytes: int64(f.MaxUpload), Logger: logger, Audit: audit, Observe: observe,
	})
	switch {
	case errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS):
		logger.Warn("the store cannot be written: no uploads are taken", "error", err)
		return nil, done, nil
	case err != nil:
		return nil, nil, err
	}
	return uploads, uploads.Close, nil
}

// openAudit opens the log of what is changed. The function is to be called when the server has ended.
func (f *uploadFlags) openAudit(logger *slog.Logger) (*slog.Logger, func() error, error) {
	if f.AuditLog == "" {
		return logger.With("audit", true), func() error { return nil }, nil
	}
	file, err := os.OpenFile(f.AuditLog, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return nil, nil, err
	}
	return slog.New(slog.NewJSONHandler(file, nil)), file.Close, nil
}

// byteSize is a number of bytes: 1048576, 200MB, 1GiB.
type byteSize int64

// UnmarshalText reads a number and a unit, of powers of 1000 or of 1024.
func (b *byteSize) UnmarshalText(text []byte) error {
	factors := []struct {
		unit   string
		factor int64
	}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"TiB", 1 << 40}, {"kB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"TB", 1e12}, {"B", 1}, {"", 1}}
	for _, f := range factors {
		digits, ok := strings.CutSuffix(string(text), f.unit)
		if !ok {
			continue
		}
		n, err := strconv.ParseInt(digits, 10, 64)
		if err != nil || n < 0 || n > math.MaxInt64/f.factor {
			break
		}
		*b = byteSize(n * f.factor)
		return nil
	}
	return fmt.Errorf("%q is no size: write 200MiB or 1GiB", text)
}
