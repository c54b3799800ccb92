using System;
using System.Linq;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using BTCPayServer.Rating;
using BTCPayServer.Services.Rates;
using Newtonsoft.Json.Linq;

namespace BTCPayServer.Plugins.UtxoracleLive
{
    /// <summary>
    /// The price of one's own UTXOracle Live as a rate source. While the service vouches for no price it answers 503; that
    /// throws here, BTCPay Server keeps the last rate for its five minutes and then refuses invoices rather than guess.
    /// </summary>
    public class UtxoracleLiveRateProvider : IRateProvider
    {
        /// <summary>Where the service listens: UTXORACLE_LIVE_URL, or the service's own default.</summary>
        private static readonly string Address =
            (Environment.GetEnvironmentVariable("UTXORACLE_LIVE_URL") ?? "http://127.0.0.1:8000").TrimEnd('/');

        private readonly HttpClient _httpClient;

        public UtxoracleLiveRateProvider(HttpClient httpClient)
        {
            _httpClient = httpClient ?? new HttpClient();
        }

        public RateSourceInfo RateSourceInfo
        {
            get { return new RateSourceInfo("utxoraclelive", "UTXOracle Live (own node)", Address + "/api/rates?currencyPairs=BTC_USD"); }
        }

        public async Task<PairRate[]> GetRatesAsync(CancellationToken cancellationToken)
        {
            using (var response = await _httpClient.GetAsync(RateSourceInfo.Url, cancellationToken))
            {
                response.EnsureSuccessStatusCode();
                // A simulation, a replay or a test chain is no price to sell for.
                if (Header(response, "X-Price-Source") != "node" || Header(response, "X-Price-Chain") != "main")
                    throw new InvalidOperationException("UTXOracle Live is not fed by a node on the main chain");
                var rates = JArray.Parse(await response.Content.ReadAsStringAsync());
                return rates
                    .Select(rate => new PairRate(
                        new CurrencyPair(rate["cryptoCode"].Value<string>(), rate["code"].Value<string>()),
                        new BidAsk(rate["rate"].Value<decimal>())))
                    .ToArray();
            }
        }

        private static string Header(HttpResponseMessage response, string name)
        {
            return response.Headers.TryGetValues(name, out var values) ? values.First() : null;
        }
    }
}
