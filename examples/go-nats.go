package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

type Token struct{ ID, CustomerID int64 }
type Page struct {
	Data  []Token
	Count int64
}

var prefix = cmp.Or(os.Getenv("NATS_SUBJECT_PREFIX"), "tokens")
var connection = must(nats.Connect(cmp.Or(os.Getenv("NATS_URL"), nats.DefaultURL)))

func ask[T any](request string, parameters map[string]any, headers nats.Header) (T, nats.Header) {
	message := &nats.Msg{Subject: prefix + "." + request, Data: must(json.Marshal(parameters)), Header: headers}
	answer := must(connection.RequestMsg(message, 5*time.Second))
	if status := answer.Header.Get("Nats-Service-Error-Code"); status != "" {
		log.Fatalf("%s: %s", status, answer.Data)
	}
	var body T
	if err := json.Unmarshal(answer.Data, &body); err != nil {
		log.Fatal(err)
	}
	return body, answer.Header
}

func main() {
	// A list with a filter.
	page, _ := ask[Page]("list", map[string]any{"type": "rfid", "isActive": true, "limit": 2}, nil)
	fmt.Printf("%d tokens match, the first is %d\n", page.Count, page.Data[0].ID)

	// All of them: send the cursor of the answer before.
	walked := 0
	parameters := map[string]any{"type": "rfid", "isActive": true, "limit": 500}
	for {
		page, headers := ask[Page]("list", parameters, nil)
		walked += len(page.Data)
		if headers.Get("X-Next-Cursor") == "" {
			break
		}
		parameters["cursor"] = headers.Get("X-Next-Cursor")
	}
	fmt.Printf("walked over %d tokens\n", walked)

	// Read your own write: publish an event, and ask for an answer that contains it.
	event := must(os.ReadFile("event.json"))
	ack := must(must(jetstream.New(connection)).Publish(context.Background(), prefix+".events.token.67890", event))
	token, _ := ask[Token]("get", map[string]any{"id": 67890}, nats.Header{"X-Min-Position": {fmt.Sprint(ack.Sequence)}})
	fmt.Printf("token %d is of customer %d\n", token.ID, token.CustomerID)
}

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}
