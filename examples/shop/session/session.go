// Package session keeps who is logged in. A session ends when it has not been used for a while: the
// servers remove its record.
package session

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"errors"
	"time"

	"github.com/aerosql/aerosql/mapper"
)

// ErrNone means that there is no such session, or that it has ended.
var ErrNone = errors.New("no session")

//go:generate go run github.com/aerosql/aerosql/cmd/aerosql gen

// A Session is the record of a session. Its key is a hash, so that who reads the records can't use
// the sessions.
type Session struct {
	Hash     string    `as:"hash,pk"`
	Customer string    `as:"customer"`
	Started  time.Time `as:"started,created"`
	Requests int       `as:"requests"`
}

// Sessions has the sessions of all customers.
type Sessions struct {
	table *mapper.Table[string, Session]
	idle  time.Duration
}

// New returns the sessions in a namespace. A session ends after the given time without use.
func New(db *sql.DB, namespace string, idle time.Duration) (*Sessions, error) {
	table, err := mapper.NewTable[string, Session](db, mapper.WithNamespace(namespace), mapper.WithSet("sessions"))
	if err != nil {
		return nil, err
	}
	return &Sessions{table, idle}, nil
}

// Start starts a session and returns its token.
func (s *Sessions) Start(ctx context.Context, customer string) (token string, err error) {
	token = rand.Text()
	return token, s.table.With(mapper.TTL(s.idle)).Insert(ctx, &Session{Hash: hash(token), Customer: customer})
}

// Use returns the session of a token and prolongs it, in one command.
func (s *Sessions) Use(ctx context.Context, token string) (*Session, error) {
	session, err := s.table.Change(ctx, hash(token), SessionFields.Requests.Add(1), mapper.Expire[Session](s.idle))
	if errors.Is(err, mapper.ErrNotFound) {
		return nil, ErrNone
	}
	return session, err
}

// End ends a session.
func (s *Sessions) End(ctx context.Context, token string) error {
	_, err := s.table.Delete(ctx, hash(token))
	return err
}

func hash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
