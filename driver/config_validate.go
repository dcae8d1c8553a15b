package driver

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
)

// validate returns an error if the Config is invalid.
func (c *Config) validate() error {
	switch {
	case len(c.Seeds) == 0 && c.InProcess == "":
		return fmt.Errorf("%w: the address is missing; a data source name looks like aerospike://host:3000/namespace", ErrConfig)
	case len(c.Seeds) > 0 && c.InProcess != "":
		return fmt.Errorf("%w: addresses and the name of an in-process cluster can't both be given", ErrConfig)
	case c.Password != "" && c.User == "":
		return fmt.Errorf("%w: a password without a user", ErrConfig)
	case len(c.Password) > protocol.MaxPasswordLen && c.AuthMode != cluster.AuthExternal:
		return fmt.Errorf("%w: the password has %d bytes; the maximum is %d", ErrConfig, len(c.Password), protocol.MaxPasswordLen)
	case strings.Contains(string(c.Password), "\x00"):
		return fmt.Errorf("%w: the password contains a zero byte", ErrConfig)
	case c.InProcess != "" && (c.User != "" || c.AuthMode != cluster.AuthInternal):
		return fmt.Errorf("%w: an in-process cluster has no users", ErrConfig)
	}
	if err := c.validateRacks(); err != nil {
		return err
	}
	if err := c.validateLimits(); err != nil {
		return err
	}
	return c.validateTLS()
}

// validateRacks returns an error if there are racks without prefer_rack or the reverse.
func (c *Config) validateRacks() error {
	switch preferred := c.Replica == cluster.ReplicaPreferRack; {
	case preferred && len(c.Racks) == 0:
		return fmt.Errorf("%w: replica=prefer_rack needs racks, nearest first, such as racks=1,2", ErrConfig)
	case !preferred && len(c.Racks) > 0:
		return fmt.Errorf("%w: racks need replica=prefer_rack", ErrConfig)
	case slices.ContainsFunc(c.Racks, func(rack int) bool { return rack < 0 }):
		return fmt.Errorf("%w: a rack number must not be negative", ErrConfig)
	}
	return nil
}

// validateTLS returns an error if fields about TLS contradict each other. It reads no files.
func (c *Config) validateTLS() error {
	switch {
	case c.TLS && c.InProcess != "":
		return fmt.Errorf("%w: an in-process cluster has no TLS", ErrConfig)
	case c.TLS && c.AuthMode == cluster.AuthExternal && c.TLSTrustAnyServer:
		return fmt.Errorf("%w: auth=external would send the password to any server that answers", ErrConfig)
	case c.TLS && c.AuthMode == cluster.AuthPKI && c.TLSFiles.Certificate == "":
		return fmt.Errorf("%w: auth=pki needs tls_cert and tls_key", ErrConfig)
	case c.TLS:
		return nil
	case c.TLSFiles != cluster.TLSFiles{} || c.TLSName != "" || c.TLSTrustAnyServer:
		return fmt.Errorf("%w: the keys that start with tls_ need tls=true", ErrConfig)
	case c.AuthMode != cluster.AuthInternal:
		return fmt.Errorf("%w: auth=%v needs tls=true", ErrConfig, c.AuthMode)
	}
	return nil
}

// validateLimits returns an error if a limit is out of its range.
func (c *Config) validateLimits() error {
	switch {
	case c.ErrorRateWindow < 0 || c.ErrorRateWindow > maxErrorRateWindow:
		return fmt.Errorf("%w: error_rate_window must be from 1 to %d", ErrConfig, maxErrorRateWindow)
	case c.MaxErrorRate < -1 || c.RetryPercent < -1 || c.RetryReserve < 0:
		return fmt.Errorf("%w: max_error_rate and retry_percent must be positive, or -1 for no limit, and retry_reserve positive", ErrConfig)
	case c.MaxQueue < -1:
		return fmt.Errorf("%w: max_queue must be positive, or -1 for no limit", ErrConfig)
	case c.RetryPauseFactor != 0 && !(c.RetryPauseFactor >= 1):
		return fmt.Errorf("%w: retry_pause_factor must be at least 1", ErrConfig)
	case c.LoginTimeout < 0 || c.TimeoutDelay < 0 || c.RetryPause < 0 || c.SlowStatement < 0:
		return fmt.Errorf("%w: login_timeout, timeout_delay, retry_pause and slow_statement must not be negative", ErrConfig)
	case c.RecordsPerSecond < 0 || c.CompressThreshold < 0:
		return fmt.Errorf("%w: records_per_second and compress_threshold must not be negative", ErrConfig)
	}
	return nil
}

// maxErrorRateWindow is the maximum of cluster.Config.ErrorRateWindow.
const maxErrorRateWindow = 3600
