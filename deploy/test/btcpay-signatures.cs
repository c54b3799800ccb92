// What BTCPay Server and its framework give a rate source, as far as the recipe uses it, by their published signatures:
// btcpayserver/btcpayserver, BTCPayServer.Rating (IRateProvider, RateSourceInfo, PairRate, CurrencyPair, BidAsk),
// BTCPayServer.Abstractions (BaseBTCPayServerPlugin), BTCPayServer.Hosting (AddRateProvider). For the test alone: it
// loads the plugin as a server does, asks its rate source once, and prints the rates.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using BTCPayServer.Rating;
using BTCPayServer.Services.Rates;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Extensions.DependencyInjection
{
    public interface IServiceCollection
    {
        void Add(Type service, Type implementation);
    }
}

namespace BTCPayServer.Abstractions.Contracts
{
    public interface IBTCPayServerPlugin
    {
        string Identifier { get; }
        string Name { get; }
        string Description { get; }
        void Execute(IServiceCollection applicationBuilder);
    }
}

namespace BTCPayServer.Abstractions.Models
{
    public abstract class BaseBTCPayServerPlugin : Contracts.IBTCPayServerPlugin
    {
        public virtual string Identifier { get { return null; } }
        public virtual string Name { get { return null; } }
        public virtual string Description { get { return null; } }
        public virtual void Execute(IServiceCollection applicationBuilder) { }
    }
}

namespace BTCPayServer.Rating
{
    public enum RateSource { Coingecko, Direct }

    public class RateSourceInfo
    {
        public RateSourceInfo(string id, string displayName, string url, RateSource source = RateSource.Direct)
        {
            Id = id;
            DisplayName = displayName;
            Url = url;
        }

        public string Id { get; }
        public string DisplayName { get; }
        public string Url { get; }
    }

    public class CurrencyPair
    {
        public CurrencyPair(string left, string right)
        {
            Left = left.ToUpperInvariant();
            Right = right.ToUpperInvariant();
        }

        public string Left { get; }
        public string Right { get; }
    }

    public class BidAsk
    {
        public BidAsk(decimal v) { Center = v; }

        public decimal Center { get; }
    }

    public class PairRate
    {
        public PairRate(CurrencyPair currencyPair, BidAsk bidAsk)
        {
            CurrencyPair = currencyPair;
            BidAsk = bidAsk;
        }

        public CurrencyPair CurrencyPair { get; }
        public BidAsk BidAsk { get; }
    }
}

namespace BTCPayServer.Services.Rates
{
    public interface IRateProvider
    {
        RateSourceInfo RateSourceInfo { get; }
        Task<PairRate[]> GetRatesAsync(CancellationToken cancellationToken);
    }
}

namespace BTCPayServer.Hosting
{
    public static class BTCPayServerServices
    {
        public static void AddRateProvider<T>(this IServiceCollection services) where T : class, IRateProvider
        {
            services.Add(typeof(IRateProvider), typeof(T));
        }
    }
}

class Services : IServiceCollection
{
    public readonly List<Type> RateProviders = new List<Type>();

    public void Add(Type service, Type implementation)
    {
        if (service == typeof(IRateProvider)) RateProviders.Add(implementation);
    }
}

static class Server
{
    // Said and not returned: when its program ends, Mono may wait for an idle thread, for up to a minute.
    static void Main()
    {
        Console.WriteLine("ends with {0}", Ask());
    }

    static int Ask()
    {
        var plugin = new BTCPayServer.Plugins.UtxoracleLive.UtxoracleLivePlugin();
        var services = new Services();
        plugin.Execute(services);
        foreach (var type in services.RateProviders)
        {
            // The server gives an HttpClient, or none.
            var provider = (IRateProvider)Activator.CreateInstance(type, new object[] { null });
            Console.WriteLine(provider.RateSourceInfo.Id);
            try
            {
                foreach (var rate in provider.GetRatesAsync(CancellationToken.None).GetAwaiter().GetResult())
                    Console.WriteLine(
                        "{0}_{1} {2}", rate.CurrencyPair.Left, rate.CurrencyPair.Right,
                        rate.BidAsk.Center.ToString(CultureInfo.InvariantCulture));
            }
            catch (Exception error)
            {
                Console.WriteLine("{0}: {1}", error.GetType().Name, error.Message);
                return 3;
            }
        }
        return 0;
    }
}
