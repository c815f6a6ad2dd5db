package main

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net"
	"os"

	"github.com/countyql/countyql/access"
	"github.com/countyql/countyql/server"
)

// tokenFile is the flag that names the token file.
type tokenFile struct {
	File string `name:"tokens" default:"./countyql-tokens.jsonl" env:"COUNTYQL_TOKENS" placeholder:"FILE" help:"The file of tokens (default ${default})."`
}

// accessFlags say who may ask a server.
type accessFlags struct {
	tokenFile

	Auth        bool   `env:"COUNTYQL_AUTH" help:"Answer only those with a token; this or --public-read is needed to listen beyond this machine."`
	PublicRead  bool   `env:"COUNTYQL_PUBLIC_READ" help:"Let anyone who can reach the address read."`
	JWKS        string `name:"jwks" env:"COUNTYQL_JWKS" placeholder:"URL|FILE" help:"Accept tokens signed with a key of this JSON Web Key Set."`
	JWTIssuer   string `name:"jwt-issuer" env:"COUNTYQL_JWT_ISSUER" placeholder:"ISS" help:"The issuer that signed tokens must be from."`
	JWTAudience string `name:"jwt-audience" env:"COUNTYQL_JWT_AUDIENCE" placeholder:"AUD" help:"The audience that signed tokens must be meant for."`
}

// open reads what the flags name.
func (f *accessFlags) open(ctx context.Context, logger *slog.Logger) (server.Access, error) {
	if f.Auth && f.PublicRead {
		return server.Access{}, &usageError{"--auth and --public-read contradict each other", "say one of them"}
	}
	if signed := f.JWKS != ""; signed != (f.JWTIssuer != "") || signed != (f.JWTAudience != "") {
		return server.Access{}, &usageError{
			"--jwks, --jwt-issuer and --jwt-audience go together", "a token of another issuer or for another audience must not be taken for yours",
		}
	}
	bearers := access.Bearers{}
	var err error
	if bearers.Tokens, err = access.OpenTokens(f.File, logger, nil); err != nil {
		return server.Access{}, err
	}
	if f.JWKS != "" {
		keys, err := access.OpenKeys(ctx, f.JWKS, logger, nil)
		if err != nil {
			return server.Access{}, err
		}
		bearers.JWT = access.NewJWT(keys, f.JWTIssuer, f.JWTAudience, nil)
	}
	if _, err := os.Stat(f.File); f.Auth && bearers.JWT == nil && errors.Is(err, fs.ErrNotExist) {
		return server.Access{}, &usageError{
			"--auth accepts no token: there is no " + f.File + " and no --jwks", "make a token with countyql tokens create NAME",
		}
	}
	return server.Access{Verifier: bearers, Required: f.Auth}, nil
}

var errPublic = &usageError{
	"refusing to listen beyond this machine: anyone who reaches the address could read everything",
	"say --auth to answer only those with a token, or --public-read if everyone may read",
}

// beyond refuses an address that others reach unless it is said who may read.
func (f *accessFlags) beyond(address *net.TCPAddr) error {
	if address.IP.IsLoopback() || f.Auth || f.PublicRead {
		return nil
	}
	return errPublic
}
