// Trades on exchange-sim with ccxt as it comes, only the addresses changed.
// Arguments: the HTTP root and the WebSocket address. Prints one line a step; the exit status is 0 when all went well.
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';

const require = createRequire(process.env.CAFNODE_CLIENTS_DIR + '/package.json');
const ccxt = require('ccxt');
const [http, ws] = process.argv.slice(2);

function point(exchange) {
  exchange.urls.api = { ...exchange.urls.api, rest: http, ws };
  return exchange;
}

const keys = { apiKey: 'sim-key', secret: 'sim-secret' };
const rest = point(new ccxt.deribit({ ...keys, enableRateLimit: true }));
const pro = point(new ccxt.pro.deribit({ ...keys, enableRateLimit: true }));
const symbol = 'BTC/USD:BTC';

function expect(condition, what) {
  if (!condition) throw new Error(`expected ${what}`);
}

const within = (promise, what) =>
  Promise.race([
    promise,
    sleep(20_000, null, { ref: false }).then(() => {
      throw new Error(`no ${what} within 20 s`);
    }),
  ]);

async function until(what, next, matches) {
  for (let tries = 0; tries < 200; ++tries) {
    const found = await within(next(), what);
    if (matches(found)) return found;
  }
  throw new Error(`no ${what} in 200 updates`);
}

async function step(name, work) {
  const started = Date.now();
  try {
    const said = await work();
    console.log(`ok    ${name}${said ? ': ' + said : ''} (${Date.now() - started} ms)`);
  } catch (error) {
    console.log(`FAIL  ${name}: ${error.message}`);
    process.exitCode = 1;
    throw error;
  }
}

async function checkRest() {
  await step('load markets', async () => {
    const markets = await rest.loadMarkets();
    expect(symbol in markets, `${symbol} among the markets`);
    return `${Object.keys(markets).length} markets`;
  });
  await step('fetch time and status', async () => {
    expect(Math.abs((await rest.fetchTime()) - Date.now()) < 5000, 'the time of day');
    expect((await rest.fetchStatus()).status === 'ok', 'status ok');
  });
  await step('fetch ticker', async () => {
    const ticker = await rest.fetchTicker(symbol);
    expect(ticker.bid > 0 && ticker.ask > ticker.bid, 'a bid below the ask');
    return `${ticker.bid} / ${ticker.ask}`;
  });
  await step('fetch order book', async () => {
    const book = await rest.fetchOrderBook(symbol, 10);
    expect(book.bids.length > 0 && book.asks.length > 0, 'both sides of the book');
  });
  await step('fetch trades', async () => {
    expect(Array.isArray(await rest.fetchTrades(symbol)), 'a list of trades');
  });
  await step('fetch balance', async () => {
    const balance = await rest.fetchBalance();
    expect(balance.BTC.total > 0, 'some BTC');
  });
  await step('place, read and cancel an order', async () => {
    const { bid } = await rest.fetchTicker(symbol);
    const price = Math.round(bid * 0.99);
    const placed = await rest.createOrder(symbol, 'limit', 'buy', 10, price, { label: 'ccxt-1' });
    expect(placed.status === 'open', 'an open order');
    const open = await rest.fetchOpenOrders(symbol);
    expect(open.some((order) => order.id === placed.id), 'it among the open orders');
    expect((await rest.fetchOrder(placed.id)).price === price, 'its price');
    const edited = await rest.editOrder(placed.id, symbol, 'limit', 'buy', 20, price);
    expect(edited.amount === 20, 'the edited amount');
    expect((await rest.cancelOrder(placed.id, symbol)).status === 'canceled', 'a cancelled order');
    const left = await rest.fetchOpenOrders(symbol);
    expect(!left.some((order) => order.id === placed.id), 'it gone from the open orders');
  });
  await step('trade and fetch own trades', async () => {
    const placed = await rest.createOrder(symbol, 'market', 'buy', 10);
    expect(placed.filled === 10, 'a filled market order');
    const mine = await rest.fetchMyTrades(symbol);
    expect(mine.some((trade) => trade.order === placed.id), 'its trade');
    const [position] = await rest.fetchPositions([symbol]);
    expect(position.side === 'long', 'a long position');
  });
  await step('refuse what is wrong', async () => {
    let refused;
    try {
      await rest.cancelOrder('1', symbol);
    } catch (error) {
      refused = error;
    }
    expect(refused instanceof ccxt.OrderNotFound || refused instanceof ccxt.ExchangeError, 'an error of the exchange');
    const stranger = point(new ccxt.deribit({ apiKey: 'nobody', secret: 'nothing' }));
    await stranger.loadMarkets();
    const why = await stranger.fetchBalance().then(() => null, (error) => error);
    expect(why instanceof ccxt.AuthenticationError, 'an authentication error');
  });
}

async function checkPro() {
  if (ws.startsWith('ws:')) await pro.loadHttpProxyAgent(); // ccxt asks for this before a plain WebSocket
  await pro.loadMarkets();
  await step('watch ticker', async () => {
    const ticker = await within(pro.watchTicker(symbol), 'ticker');
    expect(ticker.bid > 0, 'a bid');
  });
  await step('watch order book', async () => {
    const filled = (one) => one.bids.length > 0 && one.asks.length > 0;
    const book = await until('book', () => pro.watchOrderBook(symbol), filled);
    expect(book.bids[0][0] < book.asks[0][0], 'a book that is not crossed');
    for (let count = 0; count < 5; ++count) await within(pro.watchOrderBook(symbol), 'book update');
  });
  await step('watch orders', async () => {
    const isOurs = (orders) => orders.some((order) => order.amount === 30);
    const watching = until('own order', () => pro.watchOrders(symbol), isOurs);
    await sleep(500);
    const { bid } = await rest.fetchTicker(symbol);
    const placed = await rest.createOrder(symbol, 'limit', 'buy', 30, Math.round(bid * 0.99));
    const seen = await watching;
    expect(seen.some((order) => order.id === placed.id), 'the placed order');
    await rest.cancelOrder(placed.id, symbol);
  });
  await step('watch own trades', async () => {
    const watching = within(pro.watchMyTrades(symbol), 'own trade');
    await sleep(500);
    const placed = await rest.createOrder(symbol, 'market', 'sell', 10);
    expect((await watching).some((trade) => trade.order === placed.id), 'the own trade');
  });
  await step('watch trades', async () => {
    const trades = await within(pro.watchTrades(symbol), 'trade');
    expect(trades.length > 0 && trades[0].price > 0, 'trades with a price');
  });
  await step('watch balance', async () => {
    const hasCoins = (balance) => balance.BTC !== undefined;
    const watching = until('balance of BTC', () => pro.watchBalance(), hasCoins);
    await sleep(500);
    await rest.createOrder(symbol, 'market', 'sell', 10);
    await watching;
  });
}

try {
  await checkRest();
  await checkPro();
  console.log(process.exitCode ? 'some steps failed' : 'all steps passed');
} catch (error) {
  console.log(process.env.CAFNODE_VERBOSE ? error.stack : `stopped: ${error.message}`);
  process.exitCode = 1;
} finally {
  await pro.close();
}
process.exit(process.exitCode ?? 0);
