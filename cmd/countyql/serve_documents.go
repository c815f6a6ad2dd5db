package main

import (
	"log/slog"
	"time"

	"github.com/countyql/countyql/graph"
	"github.com/countyql/countyql/graph/document"
	"github.com/countyql/countyql/server"
)

// documentFlags say which documents are answered and what is kept of the answers.
type documentFlags struct {
	Documents   string        `env:"COUNTYQL_DOCUMENTS" placeholder:"DIR" help:"Answer the documents in the *.graphql files of this directory, by id, and no others."`
	AnswerBytes int64         `default:"33554432" env:"COUNTYQL_ANSWER_BYTES" help:"Bytes of answers kept to be given again (default ${default}); -1 keeps none." placeholder:"N"`
	MaxAge      time.Duration `default:"0s" env:"COUNTYQL_MAX_AGE" help:"How long proxies may give answers to GET again without asking; needs --public-read."`
}

// check refuses answers for everybody where not everybody may read.
func (f *documentFlags) check(publicRead bool) error {
	if f.MaxAge <= 0 || publicRead {
		return nil
	}
	return &usageError{"--max-age lets proxies give answers to anyone", "say --public-read too if everyone may read, or leave it out"}
}

// read reads the documents that are the only ones answered, within limits; nil if all are.
func (f *documentFlags) read(options document.Options, logger *slog.Logger) (list *document.List, names []string, err error) {
	if f.Documents == "" {
		return nil, nil, nil
	}
	if list, err = graph.ReadDocuments(f.Documents, options); err != nil {
		return nil, nil, err
	}
	logger.Info("no other documents are answered than those of the directory", "directory", f.Documents, "documents", list.Size())
	return list, list.Operations(), nil
}

// answering completes the options.
func (f *documentFlags) answering(options *server.Options) {
	options.Keeping = graph.Keeping{Bytes: f.AnswerBytes, MaxAge: f.MaxAge}
}
