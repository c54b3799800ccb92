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
    /// The price of a UTXOracle Live service as a rate source. Without a reliable price the service responds with 503, which
    /// throws here: BTCPay Server keeps the last rate for five minutes and then refuses invoices.
    /// </summary>
    public class UtxoracleLiveRateProvider : IRateProvider
    {
        /// <summary>Address of the service: UTXORACLE_LIVE_URL, or its default.</summary>
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
                // Do not sell at the price of a simulation, a replay or a test chain.
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
