package cluster

import "time"

// An AdminPolicy is how a command about users and roles is sent. The zero value is the default.
type AdminPolicy struct {
	// Timeout bounds the command; default 1 s, NoTimeout for none.
	Timeout time.Duration
}

func (p *AdminPolicy) validate() error {
	return checkTimeout("AdminPolicy", p.Timeout)
}

// DefaultAdminTimeout is that of the official clients.
const DefaultAdminTimeout = time.Second
