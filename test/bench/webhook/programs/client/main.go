// Client asks a webhook about the pods of one template, or about pods that have each a name of their own, as an API server does:
// HTTP/1.1 over TLS, on connections that stay. It prints one line of JSON: how many answers there were, in how long, and how late they came.
package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"sort"
	"sync"
	"time"
)

type result struct {
	Requests int     `json:"requests"`
	Errors   int     `json:"errors"`
	Seconds  float64 `json:"seconds"`
	// Milliseconds.
	P50 float64 `json:"p50"`
	P99 float64 `json:"p99"`
	// Of one answer.
	Bytes int `json:"bytes"`
}

func client(caFile string) (*http.Client, error) {
	pem, err := os.ReadFile(caFile)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no certificate", caFile)
	}
	transport := &http.Transport{
		TLSClientConfig:     &tls.Config{RootCAs: pool},
		MaxIdleConnsPerHost: 1,
		MaxConnsPerHost:     1,
		TLSNextProto:        map[string]func(string, *tls.Conn) http.RoundTripper{},
	}
	return &http.Client{Transport: transport, Timeout: 10 * time.Second}, nil
}

// ask gives the length of the answer, or -1 if there is none to this request that is fit for use.
func ask(one *http.Client, url string, body, uid []byte) int {
	response, err := one.Post(url, "application/json", bytes.NewReader(body))
	if err != nil {
		return -1
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK || !bytes.Contains(answer, []byte(`"JSONPatch"`)) || !bytes.Contains(answer, uid) {
		return -1
	}
	return len(answer)
}

func main() {
	url := flag.String("url", "", "of the webhook")
	caFile := flag.String("ca", "", "the file of its authority")
	bodyFile := flag.String("body", "", "the file of the request")
	connections := flag.Int("connections", 1, "at one time")
	seconds := flag.Float64("seconds", 1, "how long")
	distinct := flag.Bool("distinct", false, "whether each pod has a name of its own")
	flag.Parse()
	body, err := os.ReadFile(*bodyFile)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	requests, err := newStencil(body, *distinct)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	var lock sync.Mutex
	var group sync.WaitGroup
	var times []float64
	total := result{}
	begin := time.Now()
	end := begin.Add(time.Duration(*seconds * float64(time.Second)))
	for connection := range *connections {
		// A connection of its own for each.
		one, err := client(*caFile)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		group.Go(func() {
			var own []float64
			errors, length := 0, 0
			for time.Now().Before(end) {
				request, uid := requests.stamp(connection, len(own))
				sent := time.Now()
				if got := ask(one, *url, request, uid); got < 0 {
					errors++
				} else {
					length = got
				}
				own = append(own, float64(time.Since(sent).Microseconds())/1000)
			}
			lock.Lock()
			defer lock.Unlock()
			times = append(times, own...)
			total.Errors += errors
			total.Bytes = max(total.Bytes, length)
		})
	}
	group.Wait()
	total.Seconds = time.Since(begin).Seconds()
	total.Requests = len(times)
	sort.Float64s(times)
	if len(times) > 0 {
		total.P50 = times[len(times)/2]
		total.P99 = times[len(times)*99/100]
	}
	if err := json.NewEncoder(os.Stdout).Encode(total); err != nil {
		os.Exit(1)
	}
}
