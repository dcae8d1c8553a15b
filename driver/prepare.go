package driver

import (
	"context"
	"database/sql/driver"
	"strconv"

	"github.com/aerosql/aerosql/querylang"
	"github.com/aerosql/aerosql/querylang/parse"
)

// prepare returns the prepared statement of a text. Texts that differ only in literals share one.
func (c *Conn) prepare(ctx context.Context, query string) (*statement, error) {
	if s, err := c.cached(ctx, query); s != nil || err != nil {
		return s, err
	}
	catalog := c.engine.Catalog()
	if err := catalog.Refresh(ctx); err != nil {
		return nil, err
	}
	if key, literals, ok := parse.Normalize(query, c.options.Dialect); ok && len(literals) > 0 {
		// A NUL can't be in the text of a statement that has another meaning.
		key = "\x00" + strconv.Itoa(len(literals)) + key
		shared, err := c.currentOf(ctx, key)
		if err != nil {
			return nil, err
		}
		if shared == nil {
			if p, ok := querylang.PrepareShared(ctx, query, len(literals), catalog, c.options); ok {
				shared = newStatement(p)
				c.plans.add(key, shared)
			}
		}
		if shared != nil && shared.Fits(literals) {
			own := *shared
			own.literals = literals
			return &own, nil
		}
	}
	p, err := querylang.Prepare(ctx, query, catalog, c.options)
	if err != nil {
		return nil, err
	}
	s := newStatement(p)
	if !parse.MayHoldSecrets(query) {
		c.plans.add(query, s)
	}
	return s, nil
}

// cached returns the statement of exactly this text, or nil if there is none that is current.
func (c *Conn) cached(ctx context.Context, query string) (*statement, error) {
	if c.closed {
		return nil, driver.ErrBadConn
	}
	return c.currentOf(ctx, query)
}

// currentOf returns a cached statement, or nil if there is none that is current.
func (c *Conn) currentOf(ctx context.Context, key string) (*statement, error) {
	s := c.plans.get(key)
	if s == nil {
		return nil, nil
	}
	if ok, err := c.isCurrent(ctx, s); !ok || err != nil {
		return nil, err
	}
	return s, nil
}

// isCurrent reports whether no declaration has changed since the statement was prepared.
func (c *Conn) isCurrent(ctx context.Context, s *statement) (bool, error) {
	catalog := c.engine.Catalog()
	if err := catalog.Refresh(ctx); err != nil {
		return false, err
	}
	return s.IsCurrent(ctx, catalog)
}
